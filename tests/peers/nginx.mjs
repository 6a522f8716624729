// Prints the configuration of nginx: TLS in front of Keycloak and of each FHIR server, which it protects by asking
// Keycloak about every access token. Nothing tells the FHIR servers the address that clients see, as in a first set-up.
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

const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${kind};`);

console.log(`worker_processes 1;
pid nginx.pid;
error_log nginx.log;
events { worker_connections 256; }
http {
  access_log off;
  ${temporary.join("\n  ")}
  ${[
    keycloak,
    fhir(env.front_hapi, env.PORT_HAPI),
    fhir(env.front_assigned, env.PORT_ASSIGNED),
    fhir(env.front_plain, env.PORT_PLAIN),
  ].join("\n  ")}
}`);
