# Holdfast as a container: `docker build -t holdfast .`. The project brings its own Node as a dependency.
FROM node:24-slim
WORKDIR /opt/holdfast
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund && npm cache clean --force
COPY LICENSE ./
COPY bin ./bin
COPY src ./src
RUN install -d -o node -g node /archive
USER node
VOLUME /archive
ENTRYPOINT ["/opt/holdfast/bin/holdfast"]
CMD ["start"]
