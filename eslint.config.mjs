import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import angular from 'angular-eslint';
import globals from 'globals';
import tseslint from 'typescript-eslint';

const nodeProjects = [
  'apps/{ai-chatbot,agent-workbench-api,retention-worker,agent-workbench-e2e}/**/*.ts',
  'libs/**/*.{ts,mts}',
  'tools/**/*.{ts,mts}',
];

/** Who may import whom; the same table stands in README.md. */
const depConstraints = [
  {
    sourceTag: 'type:app',
    // Doubles are for its specs; its own code is kept from them below.
    onlyDependOnLibsWithTags: ['type:store', 'type:shell', 'type:contract', 'type:double'],
    bannedExternalImports: ['typeorm', 'pg', 'pg-*'],
  },
  {
    sourceTag: 'platform:web',
    onlyDependOnLibsWithTags: ['platform:any'],
    bannedExternalImports: ['@nestjs/*'],
  },
  {
    sourceTag: 'type:tool',
    onlyDependOnLibsWithTags: ['type:store', 'type:shell', 'type:contract', 'type:double'],
  },
  { sourceTag: 'type:store', onlyDependOnLibsWithTags: [] },
  {
    sourceTag: 'type:shell',
    onlyDependOnLibsWithTags: ['type:contract'],
    bannedExternalImports: ['typeorm', 'pg', 'pg-*'],
  },
  { sourceTag: 'type:double', onlyDependOnLibsWithTags: [] },
  // fast-check is for its specs; the rest of it is held to zod alone below.
  {
    sourceTag: 'type:contract',
    onlyDependOnLibsWithTags: [],
    allowedExternalImports: ['zod', 'fast-check'],
  },
  { sourceTag: 'platform:node', onlyDependOnLibsWithTags: ['platform:node', 'platform:any'] },
];

export default tseslint.config(
  { ignores: ['**/dist', '**/node_modules', '.nx', '**/.angular', '.data'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    plugins: { '@nx': nx },
    languageOptions: { globals: globals.node },
  },
  {
    files: ['**/*.{ts,mts}'],
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        { depConstraints, enforceBuildableLibDependency: false, allow: [] },
      ],
    },
  },
  {
    // The rule above knows packages only, and lets Node's own modules pass.
    files: ['libs/http-contract/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^(?!zod$|\\.)', message: 'It runs in the browser too: zod alone.' }] },
      ],
    },
  },
  {
    files: ['apps/*/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: [{ name: '@chat-history/fake-bots', message: 'Doubles are for specs and tools.' }] },
      ],
    },
  },
  {
    files: nodeProjects,
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
    },
  },
  {
    files: ['**/*.{ts,mts}'],
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  { files: ['**/*.{js,cjs}'], languageOptions: { sourceType: 'commonjs' } },
  {
    files: ['apps/agent-workbench/src/**/*.ts'],
    extends: [...angular.configs.tsRecommended],
    processor: angular.processInlineTemplates,
    languageOptions: { globals: globals.browser },
  },
  {
    files: ['apps/agent-workbench/src/**/*.html'],
    extends: [...angular.configs.templateRecommended, ...angular.configs.templateAccessibility],
  },
);
