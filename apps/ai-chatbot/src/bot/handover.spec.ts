import { Handover } from './handover.js';

describe('what a bot said', () => {
  it('arrives in order, without the empty pieces, also when it was said before anybody listened', async () => {
    const answer = new Handover();
    for (const piece of ['one ', '', 'two ']) answer.push(piece);
    const heard = listen(answer);
    answer.push('three');
    answer.end();
    expect(await heard).toEqual({ said: 'one two three', error: undefined });
  });

  it('arrives ahead of the failure that followed it, and nothing after that', async () => {
    const answer = new Handover();
    const fault = new Error('cut');
    answer.push('so ');
    answer.push('far');
    answer.fail(fault);
    answer.push(' and no further');
    answer.end();
    expect(await listen(answer)).toEqual({ said: 'so far', error: fault });
  });

  it('has begun with the first piece that is not empty', async () => {
    const answer = new Handover();
    answer.push('');
    expect(answer.hasSpoken).toBe(false);
    answer.push('word');
    expect(answer.hasSpoken).toBe(true);
    await answer.firstPiece;
  });

  async function listen(answer: Handover) {
    let said = '';
    let error: unknown;
    try {
      for await (const piece of answer) said += piece;
    } catch (fault) {
      error = fault;
    }
    return { said, error };
  }
});
