// The model is a part of the sandbox that its package does not offer to others; judging it is worth reaching in.
/* eslint-disable no-restricted-imports, @backstage/no-forbidden-package-imports */
export * from '@mesh-dr/alicloud-sandbox/src/mesh/model';
