/** Jest on Node's own ESM loader; swc only strips types. */
export default {
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironment: 'node',
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  // Most suites wait for a disk or a server half of the time.
  maxWorkers: 2,
  modulePathIgnorePatterns: ['<rootDir>/test/fixtures'],
  // Real servers are started when a suite asks for one, and stopped at the end.
  globalSetup: '<rootDir>/test/engines/global-setup.ts',
  globalTeardown: '<rootDir>/test/engines/global-teardown.ts',
  reporters: ['default', '<rootDir>/test/reporter.ts'],
  // A time limit in a test would measure the machine; this one only ends a hang.
  testTimeout: 600_000,
};
