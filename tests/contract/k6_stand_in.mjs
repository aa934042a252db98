// Stands in for k6: runs docs/loadtests/k6.js as k6 would, once for each request, and prints what it asked for.

import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [script, scratch] = process.argv.slice(2);
const folder = path.dirname(script);
const seen = { protosets: [], connected: [], calls: [], checks: {} };

class Client {
  loadProtoset(file) {
    seen.protosets.push(path.resolve(folder, file));
  }
  connect(target, options) {
    seen.connected.push([target, options]);
  }
  invoke(method, request, options) {
    seen.calls.push([method, request, options]);
    return { status: 0, message: { quote: { lines: request.stores } } };
  }
}

globalThis.k6 = {
  grpc: { Client, StatusOK: 0 },
  exec: { scenario: { iterationInTest: 0 } },
  check(answer, conditions) {
    for (const [name, holds] of Object.entries(conditions)) {
      seen.checks[name] = (seen.checks[name] ?? true) && holds(answer);
    }
  },
};
globalThis.open = (file) => fs.readFileSync(path.resolve(folder, file), 'utf8');
globalThis.__ENV = {};
globalThis.__ITER = 0;

const stubbed = fs
  .readFileSync(script, 'utf8')
  .replace("import grpc from 'k6/net/grpc';", 'const { grpc } = globalThis.k6;')
  .replace("import exec from 'k6/execution';", 'const { exec } = globalThis.k6;')
  .replace("import { check } from 'k6';", 'const { check } = globalThis.k6;');
const module = path.join(scratch, 'k6.mjs');
fs.writeFileSync(module, stubbed);
const { default: iterate, options } = await import(pathToFileURL(module));
for (const scenario of Object.keys(options.scenarios)) {
  for (; globalThis.__ITER < 100; globalThis.__ITER += 1) {
    k6.exec.scenario.iterationInTest = globalThis.__ITER;
    iterate();
  }
}
console.log(JSON.stringify({ ...seen, options }));
