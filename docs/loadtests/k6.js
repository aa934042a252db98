// k6: 200 quotes a second for 30 seconds, of the sellers in requests.json, each in turn. From the root of the repository:
//
//   make contract        # writes the contract, with all that it imports, to .venv/contract.binpb
//   k6 run docs/loadtests/k6.js
//   k6 run -e TARGET=quotes.internal:443 -e TOKEN="$TOKEN" docs/loadtests/k6.js     # TLS, and a token that says who calls
//
// Sellers of your own: .venv/bin/linked-accounts loadtest requests --count 1000 > docs/loadtests/requests.json
// A latency here begins when k6 sends the call; look at `dropped_iterations`: those calls were due, and never sent.

import grpc from 'k6/net/grpc';
import exec from 'k6/execution';
import { check } from 'k6';

const requests = JSON.parse(open('./requests.json'));
const target = __ENV.TARGET || '127.0.0.1:50051';
const metadata = __ENV.TOKEN ? { authorization: `Bearer ${__ENV.TOKEN}` } : {};
const client = new grpc.Client();
client.loadProtoset('../../.venv/contract.binpb');

export const options = {
  scenarios: {
    quotes: {
      executor: 'constant-arrival-rate',
      rate: 200,
      timeUnit: '1s',
      duration: '30s',
      preAllocatedVUs: 50,
    },
  },
  thresholds: {
    grpc_req_duration: ['p(99)<25'],
    checks: ['rate>0.999'],
    dropped_iterations: ['count==0'],
  },
};

export default function () {
  if (__ITER === 0) {
    client.connect(target, { plaintext: target.startsWith('127.0.0.1:') });
  }
  const request = requests[exec.scenario.iterationInTest % requests.length];
  const answer = client.invoke('linkedaccounts.v1.FeeQuoteService/QuoteFees', request, { metadata, timeout: '5s' });
  check(answer, {
    'the status is OK': ({ status }) => status === grpc.StatusOK,
    'each store has a line': ({ message }) => message.quote.lines.length === request.stores.length,
  });
}
