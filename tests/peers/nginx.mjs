// Prints the configuration of nginx: TLS in front of Keycloak and of each FHIR server, which it protects by asking
// Keycloak about every access token. "hapi" and "starter" are behind the settings of docs/it/hapi.md; nothing tells the
// others the address that clients see, as in a first set-up.
import { code } from "./page.mjs";

const { env } = process;

const tls = (port) => `listen 127.0.0.1:${port} ssl;
    ssl_certificate server.pem;
    ssl_certificate_key server.key;`;

const keycloak = `server {
    ${tls(env.front_keycloak)}
    location / {
      proxy_pass http://127.0.0.1:${env.keycloak};
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto https;
      proxy_set_header X-Forwarded-Port ${env.front_keycloak};
      proxy_buffer_size 32k;
      proxy_buffers 8 32k;
    }
  }`;

const fhir = (front, port) => `server {
    ${tls(front)}
    location / {
      auth_request /token;
      proxy_pass http://127.0.0.1:${port};
    }
    location = /fhir/metadata {
      proxy_pass http://127.0.0.1:${port};
    }
    location = /token {
      internal;
      proxy_pass http://127.0.0.1:${env.keycloak}/realms/clinic/protocol/openid-connect/userinfo;
      proxy_pass_request_body off;
      proxy_set_header Content-Length "";
      proxy_set_header Content-Type "";
      proxy_set_header Host 127.0.0.1:${env.front_keycloak};
      proxy_set_header X-Forwarded-Proto https;
      proxy_set_header X-Forwarded-Port ${env.front_keycloak};
    }
  }`;

const keycloakHost = `127.0.0.1:${env.front_keycloak}`;
const byThePage = (front, port) => code("hapi", "nginx", [
  ["listen 443 ssl http2", `listen 127.0.0.1:${front} ssl http2`],
  ["ehr.clinic.example", "127.0.0.1"],
  ["/etc/nginx/ehr.pem", "server.pem"],
  ["/etc/nginx/ehr.key", "server.key"],
  ["http://127.0.0.1:8080", `http://127.0.0.1:${port}`],
  ["http://127.0.0.1:8180", `http://127.0.0.1:${env.keycloak}`],
  ["id.clinic.example", keycloakHost],
]);

const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${kind};`);

// Otherwise its workers could not write in the folder of the run.
const user = process.getuid() === 0 ? "user root;\n" : "";

console.log(`${user}worker_processes 1;
pid nginx.pid;
error_log nginx.log;
events { worker_connections 256; }
http {
  log_format requests '$server_port $http_authorization';
  access_log requests.log requests;
  ${temporary.join("\n  ")}
  ${[
    keycloak,
    byThePage(env.front_hapi, env.PORT_HAPI),
    byThePage(env.front_starter, env.PORT_STARTER),
    fhir(env.front_assigned, env.PORT_ASSIGNED),
    fhir(env.front_plain, env.PORT_PLAIN),
  ].join("\n  ")}
}`);
