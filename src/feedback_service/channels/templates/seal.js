// Seals the answers in the browser, so that the web server never sees them: HPKE base mode (RFC 9180) with
// DHKEM(P-256, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM, as `sealing/seal.py` does. Where anything is
// missing that this needs, the form is sent as it is and the server seals it.
const utf8 = new TextEncoder();
const bytes = (text) => utf8.encode(text);
const join = (...parts) => new Uint8Array(parts.flatMap((part) => [...part]));
const hex = (data) => [...data].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const base64url = (data) =>
  btoa(String.fromCharCode(...data)).replace(/[+/=]/g, (sign) => ({ "+": "-", "/": "_" })[sign] ?? "");
const curve = { name: "ECDH", namedCurve: "P-256" };

async function hmac(key, data) {
  // WebCrypto refuses an empty key; one of zeros is the same to HMAC.
  const raw = key.length ? key : new Uint8Array(32);
  const made = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", made, data));
}
const sha256 = async (data) => new Uint8Array(await crypto.subtle.digest("SHA-256", data));

const version = bytes("HPKE-v1");
const kem = join(bytes("KEM"), [0, 16]);
const suite = join(bytes("HPKE"), [0, 16, 0, 1, 0, 2]);
const extract = (id, salt, label, data) => hmac(salt, join(version, id, bytes(label), data));
const expand = async (id, key, label, info, length) =>
  (await hmac(key, join([0, length], version, id, bytes(label), info, [1]))).slice(0, length);

// RFC 9180, sections 4.1 and 5.1: from the shared point to the key and nonce of the only message.
export async function schedule(shared, enc, recipient, info) {
  const prk = await extract(kem, [], "eae_prk", shared);
  const secret = await expand(kem, prk, "shared_secret", join(enc, recipient), 32);
  const context = join(
    [0],
    await extract(suite, [], "psk_id_hash", []),
    await extract(suite, [], "info_hash", info),
  );
  const last = await extract(suite, secret, "secret", []);
  return [await expand(suite, last, "key", context, 32), await expand(suite, last, "base_nonce", context, 12)];
}

// The envelope: version byte, enc, ciphertext with tag.
export async function seal(recipient, info, plaintext, own) {
  const pair = own ?? (await crypto.subtle.generateKey(curve, false, ["deriveBits"]));
  const theirs = await crypto.subtle.importKey("raw", recipient, curve, false, []);
  const enc = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const point = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, pair.privateKey, 256);
  const [key, iv] = await schedule(new Uint8Array(point), enc, recipient, info);
  const made = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  return join([1], enc, new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, made, plaintext)));
}

// RFC 8785: members in the order of their names' code units; JSON.stringify writes texts as it wants them.
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical)}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`)}}`;
}

// As `surveys/answers.py` cleans a text: line feeds, no control characters or halves of characters.
export const clean = (text) =>
  text.replace(/\r\n?/g, "\n").replace(/[\t\v\f]/g, " ").replace(/[\0-\t\v-\x1f\x7f-\x9f]|\p{Cs}/gu, "")
    .normalize("NFC").trim();

// ISO/IEC 7816-4: one length for everyone.
export function pad(content) {
  if (content.length > 3839) throw new RangeError("too long");
  const padded = new Uint8Array(3840);
  padded.set(content);
  padded[content.length] = 0x80;
  return padded;
}

// Forty digits: the 128 bits and Verhoeff's check digit.
export function digits(receipt) {
  const number = BigInt(`0x${hex(receipt)}`).toString().padStart(39, "0");
  const turn = (a, b) => {
    const sum = a < 5 ? a + b : a - b;
    return ((sum % 5) + 5) % 5 + ((a < 5) === (b < 5) ? 0 : 5);
  };
  const swap = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
  let check = 0;
  [...number].reverse().forEach((digit, place) => {
    let moved = Number(digit);
    for (let times = (place + 1) % 8; times; times--) moved = swap[moved];
    check = turn(check, moved);
  });
  const inverse = check < 5 ? (5 - check) % 5 : check;
  return (number + inverse).match(/.{4}/g).join(" ");
}

// What is filled in, by question: a text for one choice, a list for several.
export function answersOf(form) {
  const answers = {};
  for (const field of form.querySelectorAll("fieldset[data-q]")) {
    const name = field.dataset.q;
    const picked = [...field.querySelectorAll("input:checked")].map((input) => input.value);
    // Beneath the district stands its municipality, once there is one to choose.
    const typed = [...field.querySelectorAll("select, textarea")].pop();
    const value = typed ? clean(typed.value) : field.dataset.most ? picked : (picked[0] ?? "");
    if (value.length) answers[name] = value;
  }
  return answers;
}

// What the server would find fault with, by question.
export function problemsOf(form, answers) {
  const says = form.dataset;
  const found = {};
  for (const field of form.querySelectorAll("fieldset[data-q]")) {
    const { q, needed, most, alone, aloneSays } = field.dataset;
    const answer = answers[q];
    if (!answer) {
      if (needed) found[q] = says.needed;
    } else if (Array.isArray(answer)) {
      if (answer.length > most) found[q] = says.many.replace("{most}", most);
      else if (alone && answer.length > 1 && answer.includes(alone)) found[q] = aloneSays;
    } else if (field.querySelector("textarea")) {
      const length = [...answer].length;
      const over = bytes(JSON.stringify(answer)).length - 2 - 3000;
      if (length > 1000) found[q] = says.long.replace("{length}", length);
      else if (over > 0) found[q] = says.wide.replace("{excess}", Math.ceil((over * length) / (over + 3000)));
    }
  }
  return found;
}

// What in a text may show who somebody is, by the expression of `free_text/browser.py`: each passage with the
// number of the group that found it.
export const found = (text, expression) =>
  [...text.matchAll(new RegExp(expression, "gu"))].map(([all, ...groups]) => [
    all.replace(/^[\s(„]/, ""),
    groups.findIndex((group) => group),
  ]);

const add = (tag, text, to) => to.appendChild(Object.assign(document.createElement(tag), { textContent: text }));

async function enhance(form) {
  const { dataset: says } = form;
  let receipt;
  const draw = () => {
    receipt = crypto.getRandomValues(new Uint8Array(16));
    form.elements.receipt.value = hex(receipt);
    form.querySelector(".digits bdi").textContent = digits(receipt);
  };
  const sealed = async (answers) => {
    const whole = { v: 1, survey: says.survey, lang: document.documentElement.dataset.code, channel: "web" };
    const random = hex(crypto.getRandomValues(new Uint8Array(16)));
    const content = pad(bytes(canonical({ ...whole, answers, record_key: random })));
    const info = join(bytes(`feedback-service/v1|${says.round}|`), unhex(says.fingerprint));
    return seal(unhex(says.key), info, content);
  };
  // Tried once before it is needed: what can't seal here is sealed by the server.
  await sealed({});
  draw();
  form.addEventListener("reset", () => setTimeout(draw));

  // The municipality. Everybody's browser asks for the same list, so that nobody learns which district it was.
  const region = form.querySelector("select");
  let towns;
  const ask = async () => {
    const chosen = region.value;
    if (chosen.length === 5 && says.towns) {
      towns ??= fetch(says.towns).then((reply) => reply.json()).catch(() => ({}));
    }
    const listed = Object.entries((await towns) ?? {}).filter(([key]) => key.startsWith(chosen));
    if (chosen !== region.value) return;
    form.querySelector(".town")?.remove();
    if (chosen.length !== 5 || !listed.length) return;
    const [question, hint, district] = says.town.split("|");
    const label = add("label", question, region.parentNode);
    label.className = "town";
    add("span", hint, label).className = "hint";
    const select = add("select", "", label);
    listed.unshift([chosen, district.replace("{name}", region.selectedOptions[0].text)]);
    for (const [key, name] of listed) add("option", name, select).value = key;
  };
  region.addEventListener("change", ask);
  form.addEventListener("reset", () => setTimeout(ask));
  ask();

  // A part of the page that says something before it is sent; the one before it goes. The second look has its
  // own button to send.
  const submit = form.querySelector("button");
  const part = (name, title) => {
    form.parentNode.querySelectorAll(".problems, .error, .look").forEach((old) => old.remove());
    submit.parentNode.hidden = false;
    const box = document.createElement("section");
    box.className = name;
    box.tabIndex = -1;
    box.ariaLabel = title;
    add("h2", title, box);
    return box;
  };

  const show = (whole, problems) => {
    const box = part("problems", says.nothing);
    box.setAttribute("role", "alert");
    add("p", whole || says.look, box);
    const list = add("ul", "", box);
    let wrong;
    for (const field of form.querySelectorAll("fieldset[data-q]")) {
      const sentence = problems[field.dataset.q];
      field.classList.toggle("wrong", Boolean(sentence));
      const first = field.querySelector("input, select, textarea");
      const described = [...(field.getAttribute("aria-describedby") ?? "").matchAll(/h-\S+/g)].join(" ");
      field.setAttribute("aria-describedby", sentence ? `${described} e-${field.dataset.q}` : described);
      if (!sentence) {
        first.removeAttribute("aria-invalid");
        continue;
      }
      first.setAttribute("aria-invalid", "true");
      const link = add("a", field.querySelector("legend > :nth-child(2)").textContent, add("li", "", list));
      link.href = `#${field.id}`;
      link.after(` ${sentence}`);
      const error = Object.assign(document.createElement("p"), { className: "error", textContent: sentence });
      error.id = `e-${field.dataset.q}`;
      field.querySelector("legend").after(error);
      wrong ??= first;
    }
    form.before(box);
    if (!wrong) list.remove();
    // Last of all: what is put in above it would move it out of sight again.
    (wrong ?? box).focus();
  };

  // The second look; true where there is nothing to look at.
  const looked = (answers) => {
    const [title, intro, note, change, anyway, ...kinds] = says.again.split("|");
    const box = part("look", title);
    add("p", intro, box);
    const list = add("ul", "", box);
    list.className = "passages";
    let first;
    for (const typed of form.querySelectorAll("textarea")) {
      for (const [passage, kind] of found(answers[typed.name] ?? "", says.personal)) {
        first ??= typed;
        const line = add("li", "", list);
        add("mark", "", line).append(add("bdi", passage, line));
        line.append(" ");
        add("span", kinds[kind], line).className = "kind";
      }
    }
    submit.parentNode.hidden = first;
    if (!first) return true;
    add("p", note, box);
    const button = (text, act) => {
      const made = add("button", text, box);
      made.type = "button";
      made.onclick = () => {
        submit.parentNode.hidden = false;
        box.remove();
        act();
      };
    };
    button(change, () => first.focus());
    button(anyway, () => press(true));
    submit.parentNode.before(box);
    box.focus();
  };

  const send = async (anyway) => {
    const answers = answersOf(form);
    const problems = problemsOf(form, answers);
    if (Object.keys(problems).length) return show("", problems);
    if (!anyway && !looked(answers)) return;
    const named = await crypto.subtle.importKey("raw", receipt, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const body = new URLSearchParams({
      round: says.round,
      tag: hex((await sha256(receipt)).slice(0, 16)),
      id: hex(new Uint8Array(await crypto.subtle.sign("HMAC", named, bytes(canonical(answers)))).slice(0, 16)),
      envelope: base64url(await sealed(answers)),
      code: form.elements.code?.value ?? "",
    });
    const reply = await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => null);
    if (reply?.type === "opaqueredirect") return location.replace(says.thanks);
    const told = await reply?.json().catch(() => null);
    if (reply?.status === 409 && told && told.fingerprint !== says.fingerprint) {
      // Other questions are asked now: the server shows them with these answers.
      return form.submit();
    }
    if (reply?.status === 409 && told) Object.assign(says, { round: told.round, key: told.key });
    show(told?.sentence ?? says.offline, {});
  };

  const press = (anyway) => {
    if (submit.disabled) return;
    submit.disabled = true;
    send(anyway)
      .catch(() => form.submit())
      .finally(() => (submit.disabled = false));
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    press();
  });
}

const form = document.querySelector("form[data-key]");
if (form && globalThis.crypto?.subtle) enhance(form).catch(() => {});
