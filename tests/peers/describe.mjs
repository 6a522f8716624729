// Prints what tests need to know about the running servers, as JSON.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { code } from "./page.mjs";

const { env } = process;
const [ca, issuer] = process.argv.slice(2);
const realm = JSON.parse(fs.readFileSync(new URL("realm.json", import.meta.url), "utf8"));

/** The site file of docs/it/keycloak.md. */
const site = JSON.parse(code("keycloak", "json", [["https://id.clinic.example/realms/clinic", issuer]]));
const roles = site.sign_in.roles.names;

/** Standard output and error of a program. */
const said = (program, argument) => execFileSync("sh", ["-c", `${program} ${argument} 2>&1`], { encoding: "utf8" }).trim();

const server = (front, port) => ({ fhir: `https://127.0.0.1:${front}/fhir`, direct: `http://127.0.0.1:${port}/fhir` });
const person = ({ username, realmRoles, credentials: [password, otp] }) => ({
  user: username,
  role: roles[realmRoles[0]],
  password: password.value,
  otpauth: `otpauth://totp/peers:${username}?secret=${JSON.parse(otp.secretData).value}`,
});

console.log(
  JSON.stringify(
    {
      ca,
      log: path.join(path.dirname(ca), "requests.log"),
      issuer,
      site,
      people: realm.users.map(person),
      servers: {
        hapi: server(env.front_hapi, env.PORT_HAPI),
        assigned: server(env.front_assigned, env.PORT_ASSIGNED),
        starter: server(env.front_starter, env.PORT_STARTER),
        plain: server(env.front_plain, env.PORT_PLAIN),
      },
      versions: {
        hapi: env.FHIR_VERSION,
        keycloak: path.basename(env.KEYCLOAK_HOME).replace("keycloak-", ""),
        nginx: said("nginx", "-v").replace("nginx version: ", ""),
        java: said("java", "-version").split("\n")[0],
      },
    },
    null,
    2,
  ),
);
