// The forms of the page "What if …?": ask the service through the server that brought the page, and show its answer.
"use strict";

const said = JSON.parse(document.getElementById("said").textContent);
const language = document.documentElement.lang;

async function ask(method, request) {
  const answer = await fetch(`/ask/${method}`, {
    method: "POST",
    headers: { "content-type": "application/json", "accept-language": language },
    body: JSON.stringify(request),
  });
  const content = await answer.json();
  if (!answer.ok) throw new Error([content.error, ...(content.fields || [])].join(" "));
  return content;
}

function element(name, text = "", ...children) {
  const made = document.createElement(name);
  made.textContent = text;
  made.append(...children);
  return made;
}

// Four decimals are enough: only sums over several currencies have more.
function amount(money) {
  const units = money.units || "0";
  const nanos = String(money.nanos || 0).padStart(9, "0").slice(0, 4).replace(/0+$/, "");
  return `${units}${nanos ? `.${nanos.padEnd(2, "0")}` : ""} ${money.currencyCode}`;
}

function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function notApplied(rules) {
  if (!rules.length) return [];
  const items = rules.map((other) => {
    const failed = other.failed && other.failed[0];
    const why = failed ? `${failed.fact}: ${fill(said.wanted, failed)}` : other.overriddenBy;
    return element("li", `${other.rule.id} – ${why}`);
  });
  return [element("details", "", element("summary", said.not_applied), element("ul", "", ...items))];
}

function showQuote(quote, output) {
  const rows = quote.lines.map((line) => element("tr", "",
    element("td", line.store),
    element("td", amount(line.charge), element("small", fill(said.instead_of, { amount: amount(line.standardFee) }))),
    element("td", line.adjustments.map((one) => one.message).join(" "), ...notApplied(line.notApplied || []))));
  rows.push(element("tr", "", element("td", said.total), element("td", amount(quote.total.charge),
    element("small", fill(said.instead_of, { amount: amount(quote.total.standardFee) }))), element("td")));
  output.replaceChildren(element("table", "", element("tbody", "", ...rows)),
    ...quote.notes.map((note) => element("p", note.message)));
}

function showEligibility(answer, output) {
  const shown = answer.decisions.slice(0, 1).flatMap((decision) => [
    ...decision.reasons.map((reason) => element("p", reason.message)), ...notApplied(decision.notApplied || [])]);
  output.replaceChildren(element("strong", answer.allowed ? said.allowed : said.refused), ...shown);
}

function onAsk(form, method, request, show) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const output = form.querySelector("output");
    try {
      show(await ask(method, request(new FormData(form))), output);
    } catch (error) {
      const problem = element("p", error.message);
      problem.className = "error";
      output.replaceChildren(problem);
    }
  });
}

const fees = document.getElementById("fees");
onAsk(fees, "QuoteFees", (given) => ({
  day: given.get("day"),
  linked: given.has("linked"),
  explain: true,
  stores: given.getAll("store").map((store) => ({ store, registeredOn: given.get(`registered-${store}`) })),
}), (answer, output) => showQuote(answer.quote, output));

// Two accounts in different stores that stand alike: linking is asked of at least two.
const eligibility = document.getElementById("eligibility");
onAsk(eligibility, "CheckEligibility", (given) => ({
  action: given.get("action"),
  explain: true,
  accounts: said.linked_stores.map((store) => ({
    store, role: given.get("role"), organisation: given.get("organisation"), status: given.get("status"),
  })),
}), showEligibility);

document.getElementById("offline").hidden = location.protocol.startsWith("http");
