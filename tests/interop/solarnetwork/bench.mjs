// How fast SolarNetwork's own library signs the request of tests/bench/benches/signing.rs: a POST of 1 KiB of
// JSON, with a saved signing key. Prints operations per second, a bare number.
import { AuthorizationV2Builder } from "solarnetwork-api-core/lib/net";

const ROUND = 500;
const ROUNDS = 8;

const body = JSON.stringify({ text: "x".repeat(1024 - 11) });
if (body.length !== 1024) {
  throw new Error(`the body has ${body.length} characters`);
}
const date = new Date("2017-04-25T14:30:00Z");
const builder = new AuthorizationV2Builder("test-token-id").date(date).saveSigningKey("test-token-secret");

function sign() {
  return builder
    .reset()
    .date(date)
    .method("POST")
    .host("data.solarnetwork.net")
    .path("/solaruser/api/v1/sec/user/oscp/capacity-groups")
    .contentType("application/json")
    .computeContentDigest(body)
    .snDate(true)
    .buildWithSavedKey();
}

let best = 0;
let length = 0;
// The first round only warms up.
for (let round = 0; round <= ROUNDS; round += 1) {
  const start = performance.now();
  let count = 0;
  while (performance.now() - start < ROUND) {
    for (let i = 0; i < 32; i += 1) {
      length += sign().length;
    }
    count += 32;
  }
  const perSecond = (count * 1000) / (performance.now() - start);
  if (round > 0) {
    best = Math.max(best, perSecond);
  }
}
if (length === 0) {
  throw new Error("nothing was signed");
}
console.log(best.toFixed(0));
