// Sends npm akismet 2 to a Winnow server.
//
//   const { client } = require("./akismet.cjs");
//   const akismet = client({ server: "http://127.0.0.1:8000", apiKey: "your 12 characters", blog: "https://blog.example/" });
const { client } = require("akismet");

exports.client = ({ server, ...options }) => {
  const { hostname, port, protocol } = new URL(server);
  return client({
    ...options,
    host: hostname,
    // Without a sub-domain its checks carry no key; as the user name of the address it goes along.
    endPoint: `${options.apiKey}@${hostname}`,
    // It speaks TLS on port 443 and only there.
    port: Number(port) || (protocol === "https:" ? 443 : 80),
  });
};
