// Sends npm akismet-api 6 to a Winnow server: use this class instead of AkismetClient.
//
//   const { WinnowClient } = require("./akismet-api.cjs");
//   const client = new WinnowClient({ server: "http://127.0.0.1:8000", key: "your 12 characters", blog: "https://blog.example/" });
const { AkismetClient } = require("akismet-api");

exports.WinnowClient = class WinnowClient extends AkismetClient {
  constructor({ server, ...options }) {
    super(options);
    const base = server.replace(/\/+$/, "");
    this.rootEndpoint = `${base}/${this.version}/`;
    // The key stands in the path: as a sub-domain it would need a DNS entry, and an IP address can have none.
    this.endpoint = `${base}/${this.key}/${this.version}/`;
  }
};
