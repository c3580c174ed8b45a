// Tries the addresses of the API from their page: it speaks to the server that the page came from and to no other, and the
// token stands on the page alone.
(function () {
  "use strict";
  // Where an answer tells its version, the next change of the same thing is asked for with it.
  var SHOWN = ["etag", "location", "retry-after", "x-request-id"];

  function word() {
    var bytes = new Uint8Array(12);
    window.crypto.getRandomValues(bytes);
    return Array.prototype.map.call(bytes, function (byte) { return ("0" + byte.toString(16)).slice(-2); }).join("");
  }

  function quoted(text) {
    return "'" + String(text).replace(/'/g, "'\\''") + "'";
  }

  // What the fields of an operation ask for.
  function asked(part) {
    var path = part.getAttribute("data-operation"), query = [], headers = {};
    part.querySelectorAll("[data-name]").forEach(function (field) {
      var name = field.getAttribute("data-name"), place = field.getAttribute("data-in"), value = field.value.trim();
      if (name === "idempotency-key" && !value) value = field.value = word();
      if (place === "path") path = path.replace("{" + name + "}", encodeURIComponent(value));
      else if (!value) return;
      else if (place === "header") headers[name] = value;
      else query.push(encodeURIComponent(name) + "=" + encodeURIComponent(value));
    });
    return { path: path + (query.length ? "?" + query.join("&") : ""), headers: headers };
  }

  function command(method, request, kind, body) {
    var parts = ["curl -i", quoted(location.origin + request.path)];
    if (method !== "GET") parts.push("-X " + method);
    parts.push('-H "authorization: Bearer $TOKEN"');
    Object.keys(request.headers).forEach(function (name) {
      parts.push("-H " + quoted(name + ": " + request.headers[name]));
    });
    if (kind) parts.push(typeof body === "string" ? "-d " + quoted(body) : "--data-binary @FILE");
    return parts.join(" \\\n  ");
  }

  function show(part, status, headers, text) {
    part.querySelector("[data-answer]").hidden = false;
    part.querySelector("[data-status]").textContent = status;
    part.querySelector("[data-headers]").textContent = headers;
    part.querySelector("[data-text]").textContent = text;
  }

  function send(part) {
    var method = part.getAttribute("data-method"), kind = part.getAttribute("data-kind");
    var request = asked(part), field = part.querySelector("[data-body]"), body;
    if (kind) {
      body = field.type === "file" ? field.files[0] || "" : field.value;
      request.headers["content-type"] = kind;
    }
    part.querySelector("[data-command]").textContent = command(method, request, kind, body);
    var headers = Object.assign({}, request.headers, { "accept-language": document.documentElement.lang });
    var token = document.getElementById("api-token").value.trim();
    if (token) headers.authorization = "Bearer " + token;
    fetch(request.path, { method: method, headers: headers, body: body, credentials: "omit", cache: "no-store" })
      .then(function (answer) {
        return answer.text().then(function (text) {
          var told = SHOWN.filter(function (name) { return answer.headers.get(name); });
          try { text = JSON.stringify(JSON.parse(text), null, 2); } catch (error) { /* shown as it came */ }
          show(part, answer.status, told.map(function (name) { return name + ": " + answer.headers.get(name); }).join("\n"), text);
        });
      })
      .catch(function (error) { show(part, "–", "", String(error)); });
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest ? event.target.closest("[data-send]") : null;
    if (button) send(button.closest("[data-operation]"));
  });
})();
