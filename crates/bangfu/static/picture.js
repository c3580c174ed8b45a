// The masked text of a notice as a picture, to be saved or copied into a group: drawn here, asked of nobody.
(function () {
  "use strict";
  var button = document.querySelector("[data-picture]"), source = button && document.querySelector(button.getAttribute("data-picture"));
  if (!source || !document.createElement("canvas").getContext) return;
  var WIDTH = 720, EDGE = 28, SIZE = 22, LINE = 34;
  function lines(pen, text) {
    var all = [];
    text.split("\n").forEach(function (row) {
      var line = "";
      Array.from(row).forEach(function (sign) {
        if (pen.measureText(line + sign).width > WIDTH - 2 * EDGE && line) all.push(line), line = "";
        line += sign;
      });
      all.push(line);
    });
    return all;
  }
  function draw() {
    var canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
    var font = SIZE + "px system-ui, 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif";
    pen.font = font;
    var all = lines(pen, source.textContent.trim());
    canvas.width = WIDTH * 2;
    canvas.height = (all.length * LINE + 2 * EDGE) * 2;
    pen.scale(2, 2);
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, WIDTH, canvas.height);
    pen.fillStyle = "#1b2430";
    pen.textBaseline = "top";
    all.forEach(function (line, at) {
      pen.font = at === 0 ? "bold " + font : font;
      pen.fillText(line, EDGE, EDGE + at * LINE);
    });
    return canvas;
  }
  button.addEventListener("click", function () {
    var canvas = draw(), data = canvas.toDataURL("image/png"), place = document.querySelector("[data-picture-place]");
    var image = place.querySelector("img"), save = place.querySelector("[data-picture-save]"), copy = place.querySelector("[data-picture-copy]");
    image.src = data;
    save.href = data;
    copy.hidden = !(window.ClipboardItem && navigator.clipboard && navigator.clipboard.write);
    copy.onclick = function () {
      canvas.toBlob(function (blob) {
        navigator.clipboard.write([new window.ClipboardItem({ "image/png": blob })]).then(function () { copy.textContent = copy.getAttribute("data-done"); });
      });
    };
    place.hidden = false;
    image.focus();
  });
})();
