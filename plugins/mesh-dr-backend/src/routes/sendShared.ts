import type { Request, Response } from 'express';
import type { SharedBody } from '../topology/body';

/** Sends JSON that many read, in an encoding that the reader takes; nothing is compressed for one reader alone. */
export async function sendShared(
  req: Request,
  res: Response,
  body: SharedBody,
): Promise<void> {
  res.type('json').vary('Accept-Encoding');
  if (req.acceptsEncodings('gzip')) {
    res.setHeader('Content-Encoding', 'gzip');
    res.send(await body.gzipped());
  } else {
    res.send(body.json);
  }
}
