import { createHmac } from 'node:crypto';
import { json, raw } from '../__testUtils__/scriptedServer';
import { KEY, SECRET, TOKEN, setUpTransport } from '../__testUtils__/transport';

describe('transport', () => {
  const setup = setUpTransport();
  const { create, createVpc, describeVpcs, failure } = setup;

  const getCluster = () =>
    setup.transport.roa({
      operation: 'DescribeClusterDetail',
      method: 'GET',
      path: '/clusters/c1',
      regionId: 'cn-hangzhou',
      resource: 'cluster c1',
    });

  describe('RPC requests', () => {
    it('posts everything in the body, correctly signed, nothing in the URL', async () => {
      setup.server.next(json({ RequestId: 'r' }));
      await setup.transport.rpc({
        product: 'vpc',
        operation: 'CreateVpc',
        params: {
          RegionId: 'cn-hangzhou',
          VpcName: "a b*(c)'~",
          Description: undefined,
          Tag: [
            { Key: 'k1', Value: 'v1' },
            { Key: 'k2', Value: undefined },
          ],
          Filter: [{ Key: 'CenId', Value: ['cen-1', 'cen-2'] }],
          ResourceId: ['x', 'y'],
          Empty: [],
          Flag: false,
        },
      });
      const [request] = setup.server.requests;
      expect(request.method).toBe('POST');
      expect(request.url).toBe('/');
      expect(request.headers['x-acs-action']).toBe('CreateVpc');
      expect(request.params).toMatchObject({
        Action: 'CreateVpc',
        Version: '2016-04-28',
        Format: 'JSON',
        SecurityToken: TOKEN,
        VpcName: "a b*(c)'~",
        'Tag.1.Key': 'k1',
        'Tag.1.Value': 'v1',
        'Tag.2.Key': 'k2',
        'Filter.1.Key': 'CenId',
        'Filter.1.Value.1': 'cen-1',
        'Filter.1.Value.2': 'cen-2',
        'ResourceId.1': 'x',
        'ResourceId.2': 'y',
        Flag: 'false',
      });
      for (const name of ['Description', 'Tag.2.Value', 'Empty']) {
        expect(Object.keys(request.params)).not.toContain(name);
      }
      expect(request.params.Signature).toBe(signature(request.params));
    });

    it('refuses an object where the API has none, before sending', async () => {
      await expect(
        setup.transport.rpc({
          product: 'vpc',
          operation: 'CreateVpc',
          params: { Options: { a: 'b' } as never },
        }),
      ).rejects.toThrow(/Options of CreateVpc is an object/);
      expect(setup.server.requests).toHaveLength(0);
    });

    it('makes plain objects of what json-bigint parses', async () => {
      setup.server.next(
        json('{"OwnerId":1250123456123456789,"Small":7,"List":[{"A":null}]}'),
      );
      const answer = await describeVpcs();
      expect(answer).toStrictEqual({
        OwnerId: '1250123456123456789',
        Small: 7,
        List: [{ A: null }],
      });
      expect(Object.getPrototypeOf(answer)).toBe(Object.prototype);
    });

    it.each([200, '200', 'OK', 'Success', 'success'])(
      'takes Code %p for success',
      async Code => {
        setup.server.next(json({ Code, RequestId: 'r' }));
        await expect(describeVpcs()).resolves.toMatchObject({ RequestId: 'r' });
      },
    );
  });

  describe('failures', () => {
    it('tells operation, resource, code, status and RequestId', async () => {
      setup.server.next(
        json(
          {
            Code: 'InvalidVpcID.NotFound',
            Message: 'Specified VPC does not exist.',
            RequestId: '4EC47282-1B74',
          },
          404,
        ),
      );
      const error = await failure(describeVpcs());
      expect(error.message).toBe(
        'vpc DescribeVpcs of vpc-1 failed: Specified VPC does not exist. [Code InvalidVpcID.NotFound, HTTP 404, RequestId 4EC47282-1B74]',
      );
      expect(error).toMatchObject({
        product: 'vpc',
        operation: 'DescribeVpcs',
        code: 'InvalidVpcID.NotFound',
        requestId: '4EC47282-1B74',
        statusCode: 404,
        notFound: true,
        retryable: false,
        unclear: false,
      });
      expect(setup.server.requests).toHaveLength(1);
    });

    it('takes a 500 without Code for a failure', async () => {
      setup.server.otherwise(json({ RequestId: 'r' }, 500));
      const error = await failure(createVpc());
      expect(error).toMatchObject({
        code: 'HttpStatus',
        statusCode: 500,
        retryable: true,
        unclear: true,
      });
      expect(setup.server.requests).toHaveLength(1);
    });

    it('takes an HTML page for a failure', async () => {
      setup.server.otherwise(raw('<html>bad gateway</html>', 502, 'text/html'));
      const error = await failure(createVpc());
      expect(error).toMatchObject({ code: 'NotJson', statusCode: 502 });
      expect(error.message).not.toContain('<html>');
    });

    it.each([
      ['InvalidAccessKeyId.NotFound', 404],
      ['InvalidAction.NotFound', 404],
    ])('does not take %s for a missing resource', async (Code, status) => {
      setup.server.next(json({ Code, Message: 'no' }, status));
      expect((await failure(describeVpcs())).notFound).toBe(false);
    });

    it('hides keys, signatures and URLs wherever they turn up', async () => {
      setup.server.next(
        json(
          {
            Code: 'SignatureDoesNotMatch',
            Message: `Specified signature is not matched with our calculation. server string to sign is:POST&%2F&AccessKeyId%3D${KEY}%26SecurityToken%3D${TOKEN}`,
            RequestId: 'r',
          },
          400,
        ),
        json(
          {
            Code: 'Odd',
            Message: `see http://x/?AccessKeyId=${KEY}&Signature=abc%3D for ${SECRET}`,
          },
          400,
        ),
      );
      for (const error of [
        await failure(describeVpcs()),
        await failure(describeVpcs()),
      ]) {
        const everything = `${error.message} ${error.stack} ${JSON.stringify({
          ...error,
        })} ${String(error.cause)}`;
        for (const secret of [KEY, SECRET, TOKEN, 'abc%3D', 'URL:']) {
          expect(everything).not.toContain(secret);
        }
      }
    });

    it('says that credentials are missing', async () => {
      setup.transport = create({
        credentials: async () => {
          throw new Error('chain is empty');
        },
      });
      const error = await failure(describeVpcs());
      expect(error.code).toBe('NoCredentials');
      expect(error.message).toContain('chain is empty');
      expect(error.message).toContain('accessKeyId');
      expect(error.retryable).toBe(false);
    });
  });

  describe('ROA', () => {
    it('signs what it sends and sends JSON with the right host', async () => {
      setup.server.next(json({ cluster_id: 'c1' }, 202));
      await expect(
        setup.transport.roa({
          operation: 'CreateCluster',
          method: 'POST',
          path: '/clusters',
          query: { b: '2 &', a: 'x', none: undefined },
          body: { name: 'n', skip: undefined },
        }),
      ).resolves.toEqual({ cluster_id: 'c1' });
      const [request] = setup.server.requests;
      expect(request.url).toBe('/clusters?b=2%20%26&a=x');
      expect(request.headers.host).toBe(`127.0.0.1:${setup.server.port}`);
      expect(request.headers['content-type']).toBe('application/json');
      expect(JSON.parse(request.body)).toEqual({ name: 'n' });
      const h = request.headers as Record<string, string>;
      const signed = [
        'POST',
        h.accept,
        h['content-md5'],
        h['content-type'],
        h.date,
        ...Object.keys(h)
          .filter(name => name.startsWith('x-acs-'))
          .sort()
          .map(name => `${name}:${h[name]}`),
        '/clusters?a=x&b=2 &',
      ].join('\n');
      expect(h.authorization).toBe(
        `acs ${KEY}:${createHmac('sha1', SECRET)
          .update(signed)
          .digest('base64')}`,
      );
    });

    it('reads the lower-case errors of ACK', async () => {
      setup.server.next(
        json(
          {
            code: 'ErrorClusterNotFound',
            message: 'cluster not found',
            requestId: 'R-1',
            status: 404,
          },
          404,
        ),
      );
      expect(await failure(getCluster())).toMatchObject({
        code: 'ErrorClusterNotFound',
        notFound: true,
        requestId: 'R-1',
        message:
          'cs DescribeClusterDetail of cluster c1 failed: cluster not found [Code ErrorClusterNotFound, HTTP 404, RequestId R-1]',
      });
    });

    it('reads the upper-case errors of the gateway', async () => {
      setup.server.next(
        json({ Code: 'SignatureNonceUsed', Message: 'x', RequestId: 'R' }, 400),
      );
      expect(await failure(getCluster())).toMatchObject({
        code: 'SignatureNonceUsed',
        requestId: 'R',
      });
    });

    it.each([
      ['text of a proxy with an error status', 'upstream failed', 500],
      ['text of a proxy with status 200', 'welcome', 200],
      ['an empty error', '', 502],
    ])('takes %s for a failure', async (_, body, status) => {
      setup.server.otherwise(raw(body, status, 'text/plain'));
      setup.transport = create({ timing: { maxAttempts: 1 } });
      expect((await failure(getCluster())).code).toBe('NotJson');
    });

    it.each([
      ['204', 204, 'application/json'],
      ['an empty JSON answer', 200, 'application/json'],
      ['an empty answer without type', 202, 'text/plain'],
    ])('takes %s for success', async (_, status, type) => {
      setup.server.next(raw('', status, type));
      await expect(getCluster()).resolves.toEqual({});
    });

    it('returns bare lists as plain lists', async () => {
      setup.server.next(json([{ instance_id: 'i-1' }]));
      await expect(getCluster()).resolves.toStrictEqual([
        { instance_id: 'i-1' },
      ]);
    });

    it('reads an XML error of the gateway', async () => {
      setup.server.next(
        raw(
          '<Error><Code>InvalidApi.NotFound</Code><Message>no api</Message><HostId>h</HostId><RequestId>r</RequestId></Error>',
          404,
          'text/xml',
        ),
      );
      const error = await failure(getCluster());
      expect(error.code).toBe('InvalidApi.NotFound');
      expect(error.notFound).toBe(false);
    });
  });
});

/** RPC signature, computed as Alibaba's documentation says, not as the library does. */
function signature(params: Record<string, string>): string {
  const encode = (value: string) =>
    encodeURIComponent(value).replace(
      /[!'()*]/g,
      character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  const canonical = Object.keys(params)
    .filter(name => name !== 'Signature')
    .sort()
    .map(name => `${encode(name)}=${encode(params[name])}`)
    .join('&');
  return createHmac('sha1', `${SECRET}&`)
    .update(`POST&%2F&${encode(canonical)}`)
    .digest('base64');
}
