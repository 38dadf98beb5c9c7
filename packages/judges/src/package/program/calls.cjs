// A stranger's program: signed calls of an official client to a sandbox that runs elsewhere.
// eslint-disable-next-line @backstage/no-undeclared-imports -- installed where the copy of this program runs
const { RPCClient, ROAClient } = require('@alicloud/pop-core');

const { endpoint, accessKeyId, accessKeySecret } = JSON.parse(process.argv[2]);
const account = { endpoint, accessKeyId, accessKeySecret };

async function main() {
  const vpc = new RPCClient({ ...account, apiVersion: '2016-04-28' });
  const { VpcId } = await vpc.request('CreateVpc', {
    RegionId: 'cn-hangzhou',
    CidrBlock: '192.168.0.0/16',
  });
  const { Vpcs } = await vpc.request('DescribeVpcs', {
    RegionId: 'cn-hangzhou',
  });
  const cs = new ROAClient({ ...account, apiVersion: '2015-12-15' });
  const { clusters } = await cs.request('GET', '/api/v1/clusters', {}, '', {
    'content-type': 'application/json',
  });
  const found = Vpcs.Vpc.some(row => row.VpcId === VpcId);
  if (!found || clusters.length !== 0) throw new Error('unexpected answers');
}

main().catch(error => {
  console.error(error);
  process.exitCode = 1;
});
