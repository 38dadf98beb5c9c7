import {
  acs3CanonicalRequest,
  percentEncode,
  roaResources,
  rpcStringToSign,
  sha256Hex,
  signAcs3,
  signRpc,
} from './signature';

describe('signatures', () => {
  it('reproduces the published vector of the RPC style', () => {
    const parameters = Object.entries({
      Timestamp: '2016-02-23T12:46:24Z',
      Format: 'XML',
      AccessKeyId: 'testid',
      Action: 'DescribeRegions',
      SignatureMethod: 'HMAC-SHA1',
      SignatureNonce: '3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf',
      Version: '2014-05-26',
      SignatureVersion: '1.0',
      Signature: 'is not part of what is signed',
    });
    const stringToSign = rpcStringToSign('GET', parameters);
    expect(stringToSign).toBe(
      'GET&%2F&AccessKeyId%3Dtestid%26Action%3DDescribeRegions%26Format%3DXML%26SignatureMethod%3DHMAC-SHA1%26SignatureNonce%3D3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf%26SignatureVersion%3D1.0%26Timestamp%3D2016-02-23T12%253A46%253A24Z%26Version%3D2014-05-26',
    );
    expect(signRpc('testsecret', stringToSign)).toBe(
      'OLeaidS1JvxuMvnyHOwuJ+uX5qY=',
    );
  });

  it('reproduces the published vector of ACS3-HMAC-SHA256', () => {
    const headers = {
      host: 'ecs.cn-shanghai.aliyuncs.com',
      'x-acs-action': 'RunInstances',
      'x-acs-content-sha256': sha256Hex(''),
      'x-acs-date': '2023-10-26T10:22:32Z',
      'x-acs-signature-nonce': '3156853299f313e23d1673dc12e1703d',
      'x-acs-version': '2014-05-26',
    };
    const canonical = acs3CanonicalRequest({
      method: 'POST',
      path: '/',
      query: [
        ['RegionId', 'cn-shanghai'],
        ['ImageId', 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd'],
      ],
      headers,
      signedHeaders: Object.keys(headers),
      hashedPayload: sha256Hex(''),
    });
    expect(sha256Hex(canonical)).toBe(
      '7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259',
    );
    expect(signAcs3('YourAccessKeySecret', canonical)).toBe(
      '06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0',
    );
  });

  it('percent-encodes as RFC 3986 says', () => {
    expect(percentEncode("a b*c~d'(e)!+/ä")).toBe(
      'a%20b%2Ac~d%27%28e%29%21%2B%2F%C3%A4',
    );
  });

  it('knows the resource forms that ROA clients sign', () => {
    expect(
      roaResources(
        '/clusters',
        [
          ['name', 'a b'],
          ['clusterType', ''],
        ],
        '/clusters?name=a%20b&clusterType=',
      ),
    ).toEqual([
      '/clusters?clusterType=&name=a b',
      '/clusters?clusterType&name=a b',
      '/clusters?name=a%20b&clusterType=',
    ]);
  });
});
