import {
  type ChatMessage,
  type Me,
  agentMessageRequest,
  idempotencyKey,
  loginRequest,
  searchQuery,
  sessionListQuery,
  transcriptQuery,
} from '@chat-history/http-contract';
import { type Account, accountOf, accounts } from './fake-accounts';
import {
  type FakeRequest,
  type FakeResponse,
  inOrder,
  isMeant,
  json,
  page,
  problem,
  segments,
  summary,
  within,
} from './fake-answers';
import { message } from './fake-data';
import { FakeExports } from './fake-exports';

/** The workbench API in memory: it keeps to the HTTP contract and searches by plain inclusion. */
export class FakeApi {
  /** Every request that was answered, as `GET /workbench-api/…`. */
  readonly requests: string[] = [];
  readonly exports = new FakeExports(
    () => this.messages,
    () => this.now(),
    (id) => accounts.find(({ agent_id }) => agent_id === id)?.agent_name,
  );
  messages: ChatMessage[];
  /** While set, every call but the sign-in is answered so. */
  outage:
    | {
        readonly status: number;
        readonly retryAfterS?: number;
        readonly type?: string;
        readonly detail?: string;
      }
    | undefined;
  /** Messages beyond so many are neither counted nor ranked. */
  mostHits = 1_000;
  /** While set, what an agent says is stored, and the answer that says so is lost on its way. */
  losesAnswers = false;
  /** While set, what an agent says is taken only after it. */
  repliesWaitFor: Promise<void> | undefined;
  private readonly said = new Map<string, ChatMessage>();
  private readonly tokens = new Map<string, Account>();
  private issued = 0;

  constructor(
    messages: ChatMessage[],
    private readonly now: () => Date = () => new Date(),
  ) {
    this.messages = messages;
  }

  idOf(username: string): string {
    return accountOf(username).agent_id;
  }

  tokenFor(username: string): string {
    this.issued += 1;
    const token = `token-${this.issued}`;
    this.tokens.set(token, accountOf(username));
    return token;
  }

  expireTokens(): void {
    this.tokens.clear();
  }

  answer(request: FakeRequest): FakeResponse {
    this.requests.push(`${request.method} ${request.url}`);
    const { pathname, searchParams } = new URL(request.url, 'http://fake');
    const path = pathname.replace('/workbench-api', '');
    if (path === '/auth/login') return this.logIn(request.body);
    if (this.outage) return problem(this.outage.status, this.outage);
    if (!request.authorization) return problem(403);
    const me = this.tokens.get(request.authorization.replace('Bearer ', ''));
    if (!me) return problem(401);

    const query = Object.fromEntries(searchParams);
    const [, area, resource, name, part] = path.split('/').map(decodeURIComponent);
    if (path === '/auth/me')
      return json(200, { agent_id: me.agent_id, agent_name: me.agent_name, role: me.role });
    if (area === 'history' && resource === 'sessions' && name) return this.transcript(name, query);
    if (area === 'history' && resource === 'sessions') return this.sessions(query);
    if (area === 'history' && resource === 'search') return this.search(query);
    if (area === 'history' && resource === 'export') return this.exports.stream(query, me);
    if (area === 'history' && resource === 'exports')
      return this.exports.answer(request.method, name, part, { ...request, query }, me);
    if (area === 'sessions' && resource && name === 'messages') return this.say(resource, request, me);
    return problem(404);
  }

  private logIn(body: unknown): FakeResponse {
    const { username, password } = loginRequest.parse(body);
    const known = accounts.find((one) => one.username === username && one.password === password);
    return known
      ? json(200, { access_token: this.tokenFor(username), token_type: 'Bearer', expires_in: 28_800 })
      : problem(401);
  }

  private sessions(raw: unknown): FakeResponse {
    const query = sessionListQuery.safeParse(raw);
    if (!query.success) return problem(400);
    const bySession = Map.groupBy(
      this.messages.filter((one) => within(one, query.data)),
      (one) => one.session_name,
    );
    const all = [...bySession.values()].map(summary);
    all.sort((a, b) => b.last_message_at.localeCompare(a.last_message_at));
    return json(200, page(all, query.data.cursor, query.data.limit));
  }

  private transcript(name: string, raw: unknown): FakeResponse {
    const query = transcriptQuery.safeParse(raw);
    if (!query.success) return problem(400);
    const all = this.messages.filter((one) => one.session_name === name);
    if (all.length === 0) return problem(404);
    const { around, cursor, limit } = query.data;
    let start = 0;
    if (around === 'latest') start = Math.max(0, all.length - limit);
    else if (around) start = Math.max(0, all.findIndex((one) => one.id === around) - Math.floor(limit / 2));
    else if (cursor?.startsWith('before:')) start = Math.max(0, Number(cursor.slice(7)) - limit);
    else if (cursor) start = Number(cursor.slice(6));
    const end = cursor?.startsWith('before:') ? Number(cursor.slice(7)) : Math.min(all.length, start + limit);
    if (around && around !== 'latest' && !all.some((one) => one.id === around)) return problem(404);
    return json(200, {
      session: summary(all),
      items: all.slice(start, end),
      prev_cursor: start > 0 ? `before:${start}` : null,
      next_cursor: end < all.length ? `after:${end}` : null,
    });
  }

  private search(raw: unknown): FakeResponse {
    const query = searchQuery.safeParse(raw);
    if (!query.success) return problem(400);
    const { q: word = '', order, count, cursor, limit } = query.data;
    const found = this.messages.filter((one) => isMeant(one, query.data)).toReversed();
    const hits = inOrder(found, order, word, this.mostHits).map((one) => ({
      message: one,
      segments: segments(one.content, word),
    }));
    const isAll = found.length <= this.mostHits;
    const value = Math.min(found.length, this.mostHits);
    return json(200, {
      ...page(hits, cursor, limit),
      ...(count && { count: { value, relation: isAll ? 'exact' : 'at_least' } }),
      ...(order === 'relevance' && { ranked: { hits: value, is_all: isAll } }),
    });
  }

  private say(sessionName: string, { body, idempotencyKey: key }: FakeRequest, me: Me): FakeResponse {
    const request = agentMessageRequest.safeParse(body);
    if (!request.success || !idempotencyKey.nullable().safeParse(key).success) return problem(400);
    const { content } = request.data;
    const repeated = this.said.get(key ?? '');
    if (repeated && repeated.content !== content) return problem(422);
    const answer =
      repeated ??
      message(9_000_000 + this.messages.length, this.now(), {
        session_name: sessionName,
        role: 'agent',
        content,
        agent_id: me.agent_id,
        agent_name: me.agent_name,
      });
    if (!repeated) this.messages = [...this.messages, answer];
    if (key) this.said.set(key, answer);
    return this.losesAnswers ? problem(504) : json(201, answer);
  }
}
