# Axion against real servers: see docker-compose.yml. Two stages, so that the image holds no compiler and no tests.
FROM node:20.20-bookworm-slim AS build
WORKDIR /axion
COPY package.json package-lock.json tsconfig.json tsconfig.build.json bundle.mjs ./
COPY apps ./apps
COPY domain ./domain
COPY projections ./projections
COPY infra ./infra
COPY bench ./bench
RUN npm ci && npm prune --omit=dev --ignore-scripts

FROM node:20.20-bookworm-slim
ENV NODE_ENV=production AXION_DATA=/var/lib/axion HOST=0.0.0.0 PORT=3000
WORKDIR /axion
COPY --from=build /axion/package.json ./
COPY --from=build /axion/node_modules ./node_modules
COPY --from=build /axion/dist ./dist
COPY test/data/sample ./test/data/sample
RUN install -d -o node -g node -m 0700 /var/lib/axion
USER node
VOLUME /var/lib/axion
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3000/health/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/programs/apps/standalone/main.js"]
