import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

/** Invokes the function that sets up scaling. @throws Error with its answer where it failed */
export async function invokeScaling(
  FunctionName: string,
  action: 'apply' | 'withdraw',
  client = new LambdaClient(),
): Promise<void> {
  const { FunctionError, Payload } = await client.send(
    new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify({ action })) }),
  );
  if (!FunctionError) return;
  throw new Error(`${FunctionName} could not ${action} scaling: ${Buffer.from(Payload ?? []).toString()}`);
}
