// A certificate for localhost, as files that a test may replace.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export class Certificate {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "rtcbot-front-"));
    this.cert = join(this.folder, "cert.pem");
    this.key = join(this.folder, "key.pem");
    this.renew(1);
  }

  /** Puts another pair in place, each file in one step. */
  renew(serial) {
    const fresh = (name) => join(this.folder, `${name}.new`);
    execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", fresh("key"),
      "-out", fresh("cert"), "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
      "-set_serial", String(serial)], { stdio: "ignore" });
    renameSync(fresh("cert"), this.cert);
    renameSync(fresh("key"), this.key);
  }

  spoil() {
    writeFileSync(this.key, "nonsense");
  }

  get pem() {
    return readFileSync(this.cert);
  }

  get flags() {
    return ["--tls-cert", this.cert, "--tls-key", this.key];
  }

  stop() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
