import { provideTestCluster } from './test-cluster.mts';

export default async function setUp() {
  globalThis.endTestCluster = await provideTestCluster();
}
