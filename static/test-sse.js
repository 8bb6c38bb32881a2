// The developer's test client: speaks to the server by the contract, and shows what comes as it comes.
// Streams are read with fetch and not with EventSource, which hides comments, retry lines and status codes.

const LINES_KEPT = 200;
const MOMENTS_KEPT = 1000;
const FIRST_RETRY_MS = 1000;
const LONGEST_SHOWN = 4000;

const $ = (id) => document.getElementById(id);
const moments = new Map(); // when each event happened, by its id: fragments do not say
let video = "";
let upload = null;

function show(list, head, text = "", kind = "") {
  const line = document.createElement("li");
  const mark = document.createElement("b");
  mark.textContent = `${new Date().toISOString().slice(11, 23)} ${head}`;
  line.className = kind;
  line.append(mark, text && `\n${text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text}`);
  list.prepend(line);
  while (list.children.length > LINES_KEPT) list.lastChild.remove();
}

function moment(id, timestamp) {
  if (timestamp) moments.set(id, Date.parse(timestamp));
  if (moments.size > MOMENTS_KEPT) moments.delete(moments.keys().next().value);
  return moments.get(id);
}

async function ask(method, path, body) {
  const headers = { Accept: "application/json" };
  if (body) headers["Content-Type"] = "application/json";
  try {
    const response = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
    const text = await response.text();
    show($("requests"), `${method} ${path} → ${response.status}`, text, response.ok ? "" : "bad");
    return response.ok && text ? JSON.parse(text) : null;
  } catch (error) {
    show($("requests"), `${method} ${path}`, String(error), "bad");
    return null;
  }
}

// One panel: what is the same for every kind of stream.
class Panel {
  constructor(element) {
    this.element = element;
    this.path = element.dataset.path;
    this.raw = element.querySelector("[data-raw]");
    this.cursor = element.querySelector("[data-cursor]");
    this.wanted = false;
    for (const button of element.querySelectorAll("[data-do]")) {
      button.addEventListener("click", () => this[button.dataset.do]());
    }
    this.reset();
  }

  reset() {
    Object.assign(this, { messages: 0, last: "", lag: null, worst: null, connections: 0, gaps: 0, retryMs: FIRST_RETRY_MS });
    this.raw.replaceChildren();
    this.cursor.value = "";
    this.update();
  }

  update() {
    const shown = { messages: this.messages, last: this.last || "none", connections: this.connections, gaps: this.gaps };
    for (const name of ["lag", "worst"]) shown[name] = this[name] === null ? "none" : `${this[name]} ms`;
    for (const [name, value] of Object.entries(shown)) this.element.querySelector(`[data-show=${name}]`).textContent = value;
  }

  state(word, kind) {
    const chip = this.element.querySelector("[data-show=state]");
    chip.textContent = word;
    chip.className = `chip ${kind}`;
    const open = this.wanted;
    for (const button of this.element.querySelectorAll("[data-do]")) {
      button.disabled = !video || (button.dataset.do === "connect" ? open : !open);
    }
  }

  note(text, kind = "soft") {
    show(this.raw, text, "", kind);
  }

  took(id, name, text, timestamp) {
    const happened = moment(id, timestamp);
    this.lag = happened === undefined ? null : Date.now() - happened;
    if (this.lag !== null) this.worst = Math.max(this.worst ?? 0, this.lag);
    if (this.element.dataset.kind !== "fragments" && this.last && Number(id) > Number(this.last) + 1) this.gaps += 1;
    this.messages += 1;
    this.last = this.cursor.value = id;
    show(this.raw, `id ${id} · ${name}${this.lag === null ? "" : ` · ${this.lag} ms`}`, text);
    this.update();
  }

  connect() {
    clearTimeout(this.timer);
    this.wanted = true;
    this.connections += 1;
    this.update();
    this.state("connecting", "wait");
    this.open();
  }

  drop() {
    clearTimeout(this.timer);
    this.wanted = false;
    this.shut();
    this.note("dropped");
    this.state("closed", "wait");
  }

  reconnect() {
    this.drop();
    this.connect();
  }

  over(why) {
    this.wanted = false;
    this.note(why);
    this.state("done", "ok");
  }

  broke(why) {
    if (!this.wanted) return;
    this.note(`${why}; again in ${this.retryMs} ms from id ${this.cursor.value || "none"}`, "bad");
    this.state("waiting", "bad");
    this.timer = setTimeout(() => this.connect(), this.retryMs);
  }
}

class EventPanel extends Panel {
  async open() {
    const abort = (this.abort = new AbortController());
    const headers = { Accept: "text/event-stream" };
    if (this.cursor.value) headers["Last-Event-ID"] = this.cursor.value;
    try {
      const response = await fetch(`/videos/${video}${this.path}`, { headers, signal: abort.signal, cache: "no-store" });
      this.note(`${response.status} · Last-Event-ID ${this.cursor.value || "none"}`, response.ok ? "soft" : "bad");
      if (response.status === 204) return this.over("204: the end was seen already");
      if (!response.ok) {
        const after = Number(response.headers.get("Retry-After"));
        if (after) this.retryMs = after * 1000;
        return response.status === 503 ? this.broke("503") : this.over(await response.text());
      }
      this.state("open", "run");
      await this.read(response.body.pipeThrough(new TextDecoderStream()).getReader(), abort);
    } catch (error) {
      if (abort === this.abort && !abort.signal.aborted) this.broke(String(error));
    }
  }

  async read(reader, abort) {
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (abort.signal.aborted) return undefined;
      if (done) return this.broke("the server ended the stream");
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) if (this.block(block)) return abort.abort();
    }
  }

  // Whether this was the end of the story. The server writes LF alone, which a test of its own holds.
  block(block) {
    const fields = { event: "message", id: "", data: [] };
    for (const line of block.split("\n")) {
      const [, name, text] = /^([^:]*):? ?(.*)$/s.exec(line);
      if (name === "data") fields.data.push(text);
      else if (name === "retry") this.retryMs = Number(text) || this.retryMs;
      else if (name) fields[name] = text;
      if (name === "" || name === "retry") this.note(line || "(empty line)");
    }
    if (!fields.data.length) return false;
    if (fields.event === "done") {
      this.over(`event: done · id ${fields.id}`);
      return true;
    }
    const data = fields.data.join("\n");
    this.took(fields.id, fields.event, data, fields.event === "video_update" ? JSON.parse(data).timestamp : null);
    return false;
  }

  shut() {
    this.abort?.abort();
  }
}

class SocketPanel extends Panel {
  open() {
    const address = new URL(`/videos/${video}${this.path}`, location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    if (this.cursor.value) address.searchParams.set("last_event_id", this.cursor.value);
    const socket = (this.socket = new WebSocket(address));
    socket.onopen = () => {
      this.note(`open · last_event_id ${this.cursor.value || "none"}`);
      this.state("open", "run");
    };
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.seq === undefined) show(this.raw, "answer", data);
      else this.took(String(message.seq), message.eventType, data, message.timestamp);
    };
    socket.onclose = ({ code, reason }) => {
      if (socket !== this.socket) return;
      if (code === 1000) this.over(`closed: ${code} ${reason}`);
      else this.broke(`closed: ${code} ${reason}`);
    };
  }

  cancel() {
    this.socket.send(JSON.stringify({ action: "cancel" }));
    this.note("sent cancel");
  }

  shut() {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }
}

const panels = [...document.querySelectorAll(".stream")].map((element) =>
  element.dataset.kind === "socket" ? new SocketPanel(element) : new EventPanel(element),
);

function watch(id) {
  for (const panel of panels) if (panel.wanted) panel.drop();
  video = encodeURIComponent(id);
  moments.clear();
  $("video").value = $("recent").value = id;
  $("page").href = `/videos/${video}`;
  $("page").hidden = false;
  for (const button of $("actions").children) button.disabled = false;
  for (const panel of panels) {
    panel.reset();
    panel.connect();
  }
}

function put() {
  const file = $("file").files[0];
  if (!file || !upload) return;
  const request = new XMLHttpRequest(); // fetch does not tell how much it has sent
  const began = Date.now();
  request.open(upload.method, upload.url);
  for (const [name, value] of Object.entries(upload.headers)) request.setRequestHeader(name, value);
  request.upload.onprogress = ({ loaded, total }) => {
    $("sent").value = total ? (loaded * 100) / total : 0;
  };
  request.onloadend = () => {
    const taken = `${file.size} bytes in ${Date.now() - began} ms`;
    show($("requests"), `PUT → ${request.status || "no answer"}`, `${taken}\n${request.responseText}`, request.status < 300 && request.status ? "" : "bad");
    $("put").disabled = request.status >= 200 && request.status < 300;
  };
  $("put").disabled = true;
  request.send(file);
}

$("recent").addEventListener("change", () => {
  $("video").value = $("recent").value;
});
$("pick").addEventListener("submit", (event) => {
  event.preventDefault();
  watch($("video").value.trim());
});
$("create").addEventListener("submit", async (event) => {
  event.preventDefault();
  const file = $("file").files[0];
  const wanted = { filename: file?.name ?? "nothing.mp4", process: $("process").checked };
  if (file) Object.assign(wanted, { size: file.size || undefined, contentType: file.type || undefined });
  if ($("title").value) wanted.title = $("title").value;
  const created = await ask("POST", "/videos", wanted);
  if (!created) return;
  upload = created.upload;
  $("sent").value = 0;
  $("put").disabled = !file;
  watch(created.videoId);
});
$("file").addEventListener("change", () => {
  $("put").disabled = !upload || !$("file").files.length;
});
$("put").addEventListener("click", put);
$("actions").addEventListener("click", ({ target }) => {
  if (target.dataset.method) ask(target.dataset.method, `/videos/${video}${target.dataset.path}`);
});
