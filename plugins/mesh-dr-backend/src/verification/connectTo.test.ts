import { parseConnectTo, resolveConnectTo } from './connectTo';

describe('connectTo', () => {
  const resolve = (rules: string[], host: string, port: number) => {
    const to = resolveConnectTo(rules.map(parseConnectTo), host, port);
    return `${to.host}:${to.port}`;
  };

  it('maps a block of addresses to another port and keeps the host', () => {
    const rules = ['127.77.0.0/16:80::18080'];
    expect(resolve(rules, '127.77.3.4', 80)).toBe('127.77.3.4:18080');
    expect(resolve(rules, '127.78.0.1', 80)).toBe('127.78.0.1:80');
    expect(resolve(rules, '127.77.3.4', 443)).toBe('127.77.3.4:443');
    expect(resolve(rules, 'lb.example.com', 80)).toBe('lb.example.com:80');
  });

  it('takes the first rule that matches; empty parts match anything', () => {
    const rules = ['lb.example.com:80:[::1]:8080', '::proxy.internal:'];
    expect(resolve(rules, 'lb.example.com', 80)).toBe('::1:8080');
    expect(resolve(rules, 'other', 99)).toBe('proxy.internal:99');
  });

  it.each(['a:b', 'host:port::', '10.0.0.0/40:80::', 'x:70000::1'])(
    'refuses %s',
    entry => {
      expect(() => parseConnectTo(entry)).toThrow(`'${entry}'`);
    },
  );
});
