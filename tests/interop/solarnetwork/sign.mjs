// Signs with SolarNetwork's own library: a request as JSON on each line of the input, an answer on each of the output.
//
// In:  {token, secret, date (epoch milliseconds), method, host, path, query: [[name, value]], headers: {name: value},
//      body, digest: true or false}; names and values of the query are decoded.
// Out: {authorization, canonicalRequest, signingKey, date, digest}
import { createInterface } from "node:readline";

import { AuthorizationV2Builder } from "solarnetwork-api-core/lib/net";
import { MultiMap } from "solarnetwork-api-core/lib/util";

function sign(request) {
  const builder = new AuthorizationV2Builder(request.token);
  const parameters = new MultiMap();
  for (const [name, value] of request.query) {
    parameters.add(name, value);
  }
  builder
    .date(new Date(request.date))
    .method(request.method)
    .host(request.host)
    .path(request.path)
    .queryParams(parameters);
  for (const [name, value] of Object.entries(request.headers)) {
    builder.header(name, value);
  }
  if (request.body) {
    builder.computeContentDigest(request.body);
    if (!request.digest) {
      // This is the builder's short way to the body's hash; the header that it adds is not wanted here.
      builder.httpHeaders.remove("Digest");
    }
  }
  // Of itself the library signs no other header of SolarNetwork's.
  const own = Object.keys(request.headers).filter((name) => name.toLowerCase().startsWith("x-sn-"));
  builder.signedHttpHeaders([...own, "X-SN-Date"]);
  return {
    authorization: builder.build(request.secret),
    canonicalRequest: builder.buildCanonicalRequestData(),
    signingKey: builder.computeSigningKey(request.secret).toString(),
    date: builder.requestDateHeaderValue,
    digest: builder.httpHeaders.firstValue("Digest") ?? null,
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() !== "") {
    console.log(JSON.stringify(sign(JSON.parse(line))));
  }
}
