/* data-autosave on a form: save what is typed, and say what the server has acknowledged.

   A snapshot is all that stands in the form at one moment. One at a time is on its way, always the
   newest; what is saved is only what the answer to exactly that snapshot says. Both buttons save
   the same way and go on once the answer is there, so that a dead line never takes the page away. */

import { codeOf, questionIn, troublesOf } from "./troubles.js";
import { differing, pairsOf, travel } from "./words.js";

const EVERY = 30000;
const AGAIN_AFTER = 5000;
const LONGEST_WAIT = 60000;
const STILL_HERE_AFTER = 10000;

/* The same person's tag behind other random digits: every request has a key of its own. */
function newKey(old) {
  const random = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...random].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return old.includes(".") ? `${hex}.${old.split(".").slice(1).join(".")}` : hex;
}

export function autosave(form, enhance) {
  const line = form.querySelector("[data-save-status]") || document.querySelector("[data-save-status]");
  const address = form.dataset.autosave || form.action;
  const every = Number(form.dataset.autosaveEvery || EVERY);
  let leftOut = new Set((form.dataset.unsaved || "").split(" ").filter(Boolean));
  const saved = new Map([...pairsOf(form)].filter(([name]) => !leftOut.has(codeOf(name))));
  let answered = pairsOf(form);
  let waiting = null;
  let sending = null;
  let step = 0;
  let trouble = "";
  let savedAt = "";
  let standing = "";
  let unfit = null;
  let choosing = "";
  let isLeaving = 0;

  const unsaved = () => differing(pairsOf(form), saved);
  const isNew = () => differing(pairsOf(form), answered).length > 0;
  const words = travel(form, unsaved);
  const troubles = troublesOf(form);
  const untold = new Map();

  /* ---- the line */
  const text = (name) => line.dataset[`text${name}`] || "";
  const sentence = () => {
    if (choosing) return text("Choosing").replace("{code}", choosing);
    if (sending) return text("Saving");
    if (trouble) return text(trouble);
    if (isNew()) return text("Unsaved");
    if (leftOut.size) return text("Partly").replace("{names}", [...leftOut].join(", "));
    if (unsaved().length) return text("Unsaved");
    if (!savedAt) return null;
    return [text("Saved").replace("{time}", savedAt), standing, unfit?.words].filter(Boolean).join(" · ");
  };
  const say = () => {
    const words_ = line && sentence();
    if (!words_) return;
    line.classList.toggle("is-problem", !sending && Boolean(trouble || leftOut.size));
    line.replaceChildren(words_);
    if (sending || trouble || isNew()) return;
    if (leftOut.size) line.append(" ", why([...leftOut][0], explain));
    else if (unfit && !unsaved().length) line.append(" ", why(unfit.at, () => tell() || troubles.show(codeOf(unfit.at))));
  };
  const why = (anchor, act) => {
    const link = document.createElement("a");
    link.href = `#${anchor}`;
    link.textContent = text("Why");
    link.addEventListener("click", (event) => { event.preventDefault(); act(); });
    return link;
  };

  /* ---- one snapshot on its way */
  const snapshot = () => {
    const body = new FormData(form);
    for (const input of form.querySelectorAll("input[type=file]")) body.delete(input.name);
    body.set("_key", newKey(body.get("_key") || ""));
    if (body.has("_page")) body.set("_page", nextPage());
    return { pairs: pairsOf(form), body };
  };
  const nextPage = () => {
    step += 1;
    return `${form.elements.namedItem("_page").value.split(".")[0]}.${step}`;
  };
  const take = (name, value) => {
    const field = form.elements.namedItem(name);
    if (field && "value" in field) field.value = value;
  };
  const acknowledge = (pairs, reply) => {
    const changed = new Set([...differing(pairs, saved).map(codeOf), ...leftOut]);
    leftOut = new Set(reply.left_out || []);
    const settled = [...changed].filter((code) => !leftOut.has(code));
    savedAt = reply.at;
    standing = reply.standing || "";
    unfit = reply.unfit || null;
    for (const name of new Set([...saved.keys(), ...pairs.keys()])) {
      if (leftOut.has(codeOf(name))) continue;
      if (pairs.has(name)) saved.set(name, pairs.get(name));
      else saved.delete(name);
    }
    for (const [name, value] of Object.entries(reply.versions || {})) take(name, value);
    for (const name of [...untold.keys()]) if (settled.includes(codeOf(name))) untold.delete(name);
    for (const [name, sentence_] of Object.entries(reply.problems || {})) untold.set(name, sentence_);
    troubles.clear(settled);
    words.store();
  };

  /* Send once. Returns the reply, or null where none came. */
  const post = async () => {
    const now = pairsOf(form);
    if (!waiting || differing(now, waiting.pairs).length) waiting = snapshot();
    const sent = waiting;
    const response = await fetch(address, {
      method: "POST",
      body: sent.body,
      headers: { "X-Requested-With": "autosave", Accept: "application/json" },
      credentials: "same-origin",
      redirect: "error",
      signal: AbortSignal.timeout(LONGEST_WAIT),
    });
    const reply = await response.json();
    if (response.status >= 500) {
      trouble = reply.status === "full" ? "Full" : "Lost";
      return null;
    }
    waiting = null;
    trouble = { signed_out: "SignedOut", ready: "Ready" }[reply.status] || "";
    if (reply.token) take("csrf_token", reply.token);
    if (["saved", "partly"].includes(reply.status)) acknowledge(sent.pairs, reply);
    if (reply.status !== "signed_out") answered = sent.pairs;
    return reply;
  };
  const send = async () => {
    let reply = null;
    try {
      reply = await post();
      if (reply?.status === "outdated") reply = await post();
    } catch {
      trouble = "Lost";
    }
    return reply;
  };
  /* Wait for what is on its way, then save what stands in the form now. */
  const save = async () => {
    while (sending) await sending;
    sending = send();
    say();
    const reply = await sending;
    sending = null;
    say();
    return reply;
  };
  const saveByItself = () => {
    if (!sending && !isLeaving && (trouble || isNew())) save();
  };

  /* ---- what was left out is explained by the server's own page, put where it belongs */
  const page = (button) => new Promise((resolve) => {
    const body = snapshot().body;
    if (button) body.set(button.name, button.value);
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.responseType = "document";
    request.timeout = LONGEST_WAIT;
    request.onloadend = () => resolve(request.status ? request.responseXML : null);
    request.send(body);
  });
  const fetchPage = async (button) => {
    while (sending) await sending;
    sending = page(button);
    say();
    const found = await sending;
    sending = null;
    if (!found) trouble = "Lost";
    say();
    return found;
  };
  const explain = async ({ isAnew = false } = {}) => {
    if (isAnew || !troubles.isTold([...leftOut])) {
      const found = await fetchPage();
      if (found && !found.querySelector("form[data-autosave]")) { pass(null); return; }
      if (found) troubles.put(found, leftOut);
    }
    if (leftOut.size) troubles.show([...leftOut][0]);
  };
  /* What is saved and does not count yet is said once, where it was typed. */
  const tell = () => {
    const first = troubles.tell([...untold]);
    untold.clear();
    if (first) troubles.show(first);
    return Boolean(first);
  };
  /* The server's answer to a choice replaces the question: nothing is typed into it meanwhile. */
  const settle = async (button) => {
    const code = button.value.split(":")[0];
    const here = questionIn(form, code);
    here.inert = true;
    choosing = code;
    const found = await fetchPage(button).finally(() => { here.inert = false; choosing = ""; say(); });
    const there = found && questionIn(found, code);
    if (!there) { if (found) pass(button); else button.focus(); return; }
    const block = document.importNode(there, true);
    here.replaceWith(block);
    enhance(block);
    leftOut.delete(code);
    block.tabIndex = -1;
    block.focus({ preventScroll: true });
    if (await save()) troubles.put(found, leftOut);
  };

  /* ---- the buttons */
  /* She is still here: she types on, or the page that was asked for did not come. */
  const stay = () => {
    window.clearTimeout(isLeaving);
    isLeaving = 0;
    for (const extra of form.querySelectorAll("[data-passed]")) extra.remove();
  };
  const pass = (button) => {
    stay();
    isLeaving = window.setTimeout(stay, STILL_HERE_AFTER);
    const extra = document.createElement("input");
    extra.type = "hidden";
    extra.dataset.passed = "";
    if (button?.name) { extra.name = button.name; extra.value = button.value; }
    form.append(extra);
    take("_key", newKey(form.elements.namedItem("_key")?.value || ""));
    if (form.elements.namedItem("_page")) take("_page", nextPage());
    HTMLFormElement.prototype.submit.call(form);
  };
  const press = async (button) => {
    if (button?.name === "_settle") { await settle(button); return; }
    const act = button?.value;
    let reply = await save();
    while (reply?.status === "saved" && isNew()) reply = await save();
    if (!reply) return;
    if (!["saved", "partly"].includes(reply.status)) pass(button);
    else if (reply.status === "partly") await explain({ isAnew: true });
    else if (!(["stay", "next"].includes(act) && tell()) && act !== "stay") pass(button);
  };
  let isPressed = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isPressed || isLeaving) return;
    isPressed = true;
    try {
      await press(event.submitter);
    } finally {
      isPressed = false;
    }
  });

  /* ---- when */
  const onChange = () => { stay(); words.changed(); say(); };
  form.addEventListener("input", onChange);
  form.addEventListener("change", onChange);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return;
    words.store();
    saveByItself();
  });
  window.addEventListener("online", saveByItself);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) stay();
  });
  window.addEventListener("beforeunload", (event) => {
    words.store();
    if (unsaved().length && !isLeaving) event.preventDefault();
  });
  const beat = () => {
    saveByItself();
    window.setTimeout(beat, ["Lost", "Full"].includes(trouble) ? Math.min(every, AGAIN_AFTER) : every);
  };
  window.setTimeout(beat, every);
  if (words.restore()) save();
}
