declare module 'aws4' {
  export function sign(
    request: {
      service: string;
      region: string;
      method: string;
      host: string;
      path: string;
      headers: Record<string, string>;
    },
    credentials: { accessKeyId: string; secretAccessKey: string },
  ): { headers: Record<string, string> };
}
