# The web app behind nginx, which also forwards to the API and to ai-chatbot; the context is the repository:
#   docker build --file docker/workbench.Dockerfile --tag agent-workbench .

FROM node:24-bookworm-slim AS manifests
WORKDIR /repo
COPY . .
RUN mkdir /manifests \
 && find . -name package.json -not -path '*/node_modules/*' -exec cp --parents {} /manifests \; \
 && cp package-lock.json .npmrc /manifests

FROM node:24-bookworm-slim AS build
WORKDIR /repo
COPY --from=manifests /manifests .
RUN npm ci --ignore-scripts
COPY . .
RUN npx nx build agent-workbench

FROM nginxinc/nginx-unprivileged:1.28
# Where the two services are, as host:port; the host as its name server knows it, in full. The image's own start script
# puts the addresses of the name servers where nginx.conf asks for them.
ENV CHATBOT_ADDRESS=ai-chatbot:3001 API_ADDRESS=agent-workbench-api:3002 NGINX_ENTRYPOINT_LOCAL_RESOLVERS=1
COPY docker/nginx.conf /etc/nginx/templates/default.conf.template
COPY --from=build /repo/apps/agent-workbench/dist/browser /usr/share/nginx/html/workbench
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s CMD ["curl", "--fail", "--silent", "--output", "/dev/null", "http://127.0.0.1:8080/workbench/"]
