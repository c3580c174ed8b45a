// Small comforts. Every page works without them.
(function () {
  "use strict";
  document.documentElement.classList.add("js");
  document.addEventListener("click", function (event) {
    var button = event.target.closest ? event.target.closest("[data-print]") : null;
    if (button) window.print();
    var all = event.target.closest ? event.target.closest("[data-pick]") : null;
    if (all) document.querySelectorAll("input.pick").forEach(function (box) { box.checked = true; });
  });
  document.addEventListener("change", function (event) {
    var field = event.target;
    if (field.hasAttribute && field.hasAttribute("data-submit") && field.value && field.form) field.form.submit();
  });
  // Without a mouse: "/" goes to the search, "j" and "k" along the rows of a list.
  document.addEventListener("keydown", function (event) {
    var at = document.activeElement;
    if (event.ctrlKey || event.metaKey || event.altKey || (at && /^(INPUT|SELECT|TEXTAREA)$/.test(at.tagName))) return;
    if (event.key === "/") {
      var find = document.querySelector(".find input[type=search]");
      if (find) find.focus(), event.preventDefault();
    }
    if (event.key !== "j" && event.key !== "k") return;
    var rows = [].slice.call(document.querySelectorAll("main .rows tbody th a, .waits a")), here = rows.indexOf(at);
    var next = rows[here < 0 ? 0 : here + (event.key === "j" ? 1 : -1)];
    if (next) next.focus();
  });
  // A file may be dropped anywhere on its field.
  ["dragover", "dragleave", "drop"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      var place = event.target.closest ? event.target.closest(".drop") : null;
      if (!place) return;
      event.preventDefault();
      place.classList.toggle("over", name === "dragover");
      var field = place.querySelector("input[type=file]"), files = event.dataTransfer && event.dataTransfer.files;
      if (name === "drop" && field && files && files.length) field.files = files;
    });
  });
  // A form that changes data is sent once, however often its button is pressed.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post") return;
    if (form.hasAttribute("data-sent")) event.preventDefault();
    form.setAttribute("data-sent", "");
  });
  // Paper shows what is folded away; afterwards it is folded as it was.
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details:not([open])").forEach(function (part) {
      part.setAttribute("data-folded", "");
      part.open = true;
    });
  });
  window.addEventListener("afterprint", function () {
    document.querySelectorAll("details[data-folded]").forEach(function (part) {
      part.removeAttribute("data-folded");
      part.open = false;
    });
  });
  // Work on a file is followed while it is looked at: a browser lets a site have six streams and no more.
  function follow(place) {
    var source = null;
    function stop() {
      if (source) source.close();
      source = null;
    }
    function start() {
      if (source || document.hidden) return;
      source = new EventSource(place.getAttribute("data-progress"));
      source.addEventListener("progress", function (event) {
        var told = JSON.parse(event.data), bar = place.querySelector("progress"), said = place.querySelector("[data-said]");
        if (bar && told.total > 0) { bar.max = told.total; bar.value = told.done; } else if (bar) bar.removeAttribute("value");
        if (said) said.textContent = told.said;
      });
      source.addEventListener("end", function (event) {
        stop();
        window.location.replace(event.data);
      });
      source.onerror = function () {
        // Refused for good, as after a restart: the page knows what to say.
        if (source && source.readyState === EventSource.CLOSED) window.setTimeout(function () { window.location.reload(); }, 3000);
      };
    }
    document.addEventListener("visibilitychange", function () { if (document.hidden) stop(); else start(); });
    window.addEventListener("pagehide", stop);
    start();
  }
  var followed = document.querySelector("[data-progress]");
  if (followed && window.EventSource) follow(followed);
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { form.removeAttribute("data-sent"); });
  });
})();
