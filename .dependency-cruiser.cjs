const specs = '[.](spec|system|scenario|contract|testing)[.]ts$';

/** The import rules of docs/architecture.md. A specification beside the code may import what it tests it with. */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'domain-knows-only-domain',
      comment: 'Domain code is pure: it imports the kernel, its own context and class-validator.',
      severity: 'error',
      from: { path: '^domain/', pathNot: specs },
      to: { pathNot: '^domain/|^node_modules/(class-validator|class-transformer|reflect-metadata)/' },
    },
    {
      name: 'domain-contexts-meet-at-contracts',
      severity: 'error',
      from: { path: '^domain/([^/]+)/', pathNot: '^domain/kernel/' },
      to: { path: '^domain/', pathNot: '^domain/(kernel|$1)/|/contract[.]ts$' },
    },
    {
      name: 'kernel-knows-no-context',
      severity: 'error',
      from: { path: '^domain/kernel/' },
      to: { path: '^domain/', pathNot: '^domain/kernel/' },
    },
    {
      name: 'projections-know-domain-contracts',
      severity: 'error',
      from: { path: '^projections/', pathNot: specs },
      to: { pathNot: '^projections/|^domain/kernel/|^domain/[^/]+/contract[.]ts$' },
    },
    {
      name: 'infra-knows-no-context',
      comment: 'domain/engine is what the platform does of itself: its sagas, its clock.',
      severity: 'error',
      from: { path: '^infra/', pathNot: specs },
      to: { path: '^(apps/|domain/(?!kernel/|engine/)|projections/(?!kernel/|engine/))' },
    },
    {
      name: 'embedded-nodes-stand-alone',
      severity: 'error',
      from: { path: '^infra/embedded/' },
      to: { path: '^(apps|domain|projections|infra)/', pathNot: '^infra/embedded/' },
    },
    {
      name: 'nobody-imports-apps',
      severity: 'error',
      from: { pathNot: '^(apps|attacks|bench|crash|test)/' },
      to: { path: '^apps/' },
    },
    { name: 'no-orphan-dependencies', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-development-dependencies-in-the-product',
      severity: 'error',
      from: { path: '^(apps|domain|projections|infra)/', pathNot: `${specs}|/testing[.]ts$|/testing/` },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
