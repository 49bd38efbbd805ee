import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Characters that PostgreSQL does not count as alphanumeric although they belong to the word they stand in:
 * the combining marks of the scripts in use (accents, vowel points, viramas). The ranges run over letters and
 * unassigned places between two marks, never over punctuation.
 */
export const marks = [
  String.raw`\u0300-\u036f\u0483-\u0489\u0591-\u05af\u0658\u06df\u06e0\u06ea-\u06ec\u0740-\u07f3\u07fd`,
  String.raw`\u0818-\u082d\u0859-\u085b\u0898-\u08e1\u08ea-\u0954\u09bc-\u09cd\u09fe-\u0a4d`,
  String.raw`\u0abc-\u0acd\u0afd-\u0b55\u0bcd\u0c3c-\u0c4d\u0cbc-\u0d4d\u0dca\u0e47-\u0e4e\u0eba-\u0ece`,
  String.raw`\u0f18\u0f19\u0f35\u0f37\u0f39\u0f3e-\u0f84\u0f86\u0f87\u0fc6\u1037-\u103a\u135d-\u135f`,
  String.raw`\u1714-\u1734\u17b4-\u17d3\u17dd\u180b-\u180d\u180f-\u193b\u1a60-\u1a7f\u1ab0-\u1b44`,
  String.raw`\u1b6b-\u1b73\u1baa-\u1bf3\u1c37\u1cd0-\u1cd2\u1cd4-\u1dff\u20d0-\u20f0\u2cef-\u2cf1\u2d7f`,
  String.raw`\u302a-\u302f\u3099\u309a\ua66f-\ua672\ua67c\ua67d\ua6f0\ua6f1\ua806\ua82c\ua8c4`,
  String.raw`\ua8e0-\ua8f1\ua92b-\ua92d\ua953\ua9b3-\ua9c0\uaabf-\uaac1\uaaf6\uabec\uabed\ufe20-\ufe2f`,
].join('');

/** Han with its extensions, kana without the middle dot, Hangul: written without spaces, so indexed by pairs. */
export const cjk = [
  String.raw`\u3005-\u3007\u3021-\u3029\u3038-\u303c\u3041-\u3096\u3099\u309a\u309d-\u309f\u30a1-\u30fa`,
  String.raw`\u30fc-\u30ff\u31f0-\u31ff\u1100-\u11ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97c`,
  String.raw`\uac00-\ud7a3\ud7b0-\ud7fb\uf900-\ufaff\U0001aff0-\U0001b16f\U00020000-\U0003fffd`,
].join('');

/** Selectors of a glyph's variant: nobody types them, and inside a run of Han they would divide it. */
export const variationSelectors = String.raw`\ufe00-\ufe0f\U000e0100-\U000e01ef`;

/**
 * A hundred characters without ASCII, kana, Han or Hangul among them. Marks stacked so high would be sorted by
 * "normalize" in quadratic time: minutes for one message.
 */
export const longRun =
  String.raw`[^\x01-\x7f\u3041-\u3096\u30a1-\u30ff\u3400-\u9fff\uac00-\ud7a3\U00020000-\U0003fffd]` + '{100}';

/** What the English stemmer takes off, in its longest forms. */
export const englishEndings =
  '{ings,ingly,edly,ers,es,ies,ations,ational,ators,ating,ated,ate,ization,isation,izing,ising,ized,ised,izer,ize,ise,' +
  'ements,ment,iness,ities,ability,ibility,ively,ive,ably,able,ible,ally,ances,ences,ancy,ency,fully,ful,less,ously,' +
  'ism,ists}';

/** Every token type of the stock parser but `blank`. */
const tokenTypes =
  'asciiword, word, numword, asciihword, hword, numhword, hword_asciipart, hword_part, hword_numpart, ' +
  'email, protocol, url, host, url_path, file, sfloat, float, int, uint, version, tag, entity';

/** How a message is indexed for search, and how what an agent typed is turned into a question to that index. */
export class AddMessageSearch1763800000200 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await createConfiguration(db);
    await createSearchText(db);
    await createSearchVector(db);
    await createSearchPrefix(db);
    await createSearchPhrase(db);
    await createTrigger(db);
    // Through the trigger, so that a text it cannot read leaves a null vector and does not stop the migration.
    await db.query(`update chat_messages set content = content`);
    // A small pending list: its clean-up is what an unlucky insert waits for.
    await db.query(`
      create index chat_messages_content_tsv_idx on chat_messages
        using gin (content_tsv) with (fastupdate = on, gin_pending_list_limit = 256)`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`drop index chat_messages_content_tsv_idx`);
    await db.query(`drop trigger chat_messages_content_tsv on chat_messages`);
    await db.query(`update chat_messages set content_tsv = null where content_tsv is not null`);
    await db.query(`drop function chat_messages_set_content_tsv()`);
    await db.query(`drop function chat_search_phrase(text, boolean)`);
    await db.query(`drop function chat_search_prefix(text)`);
    await db.query(`drop function chat_search_vector(text)`);
    await db.query(`drop function chat_search_text(text)`);
    await db.query(`drop text search configuration chat_search`);
    await db.query(`drop text search dictionary chat_english`);
    await db.query(`
      do $$ begin
        if exists (select from pg_extension
                   where extname = 'unaccent' and obj_description(oid, 'pg_extension') = 'made for chat_search') then
          drop extension unaccent;
        end if;
      end $$`);
  }
}

async function createConfiguration(db: QueryRunner): Promise<void> {
  // The comment tells "down" that the extension came with this migration and may go with it.
  await db.query(`
    do $$ begin
      if not exists (select from pg_extension where extname = 'unaccent') then
        create extension unaccent;
        comment on extension unaccent is 'made for chat_search';
      end if;
    end $$`);
  // Without stop words: an agent who looks for "the who" or "to be" means it.
  await db.query(`create text search dictionary chat_english (template = snowball, language = english)`);
  await db.query(`create text search configuration chat_search (parser = default)`);
  await db.query(`
    alter text search configuration chat_search add mapping for ${tokenTypes} with unaccent, chat_english`);
}

/**
 * The words of a text, one space or more apart: NFKC, everything but letters, marks and digits a space, runs of CJK
 * as overlapping pairs plus the last character (我要退款 is "我要 要退 退款 款"). Linear in the length of the text.
 */
export async function createSearchText(db: QueryRunner): Promise<void> {
  await db.query(`
    create function chat_search_text(content text) returns text
      language plpgsql immutable strict parallel safe as $$
    declare
      words text;
    begin
      if octet_length(content) = length(content) then
        -- ASCII, most messages: the same outcome at half the cost
        words := regexp_replace(content, '[^[:alnum:] ]', ' ', 'g');
      else
        words := normalize(regexp_replace(content, '${longRun}', '\\& ', 'g'), NFKC);
        -- A few characters grow eighteen times; a text that is one message long stays as it is.
        words := left(words, 1048576);
        words := regexp_replace(words, '[${variationSelectors}]', '', 'g');
        words := regexp_replace(words, '[^[:alnum:] ${marks}]', ' ', 'g');
        if words ~ '[${cjk}]' then
          -- ABC -> mark ABC -> mark A AB BC C -> AB BC C; the mark cannot be in the text: controls are spaces by now
          words := regexp_replace(words, '[${cjk}]+', E' \\x01\\\\& ', 'g');
          words := regexp_replace(words, '[${cjk}]', '\\& \\&', 'g');
          words := regexp_replace(words, E'\\x01. ', '', 'g');
        end if;
      end if;

      if octet_length(words) > 2000 then
        -- A tsvector holds 16,383 positions, 1 MiB in all and 2 kB a word, so: 15,000 words of 500 characters.
        words := coalesce((
          select string_agg(left(word, 500), ' ' order by place)
          from (select word, place from unnest(string_to_array(words, ' ')) with ordinality as split (word, place)
                where word <> '' limit 15000) as first_words), '');
        if octet_length(words) > 900000 then
          words := left(words, 225000);
        end if;
      end if;

      -- The stock parser takes 3e8 in 3e8c9d for a number and divides the code behind it; 3ee8c9d stays whole.
      if words ~ '[0-9][eE]' then
        words := regexp_replace(words, '\\m[0-9]+[eE]', '\\&e', 'g');
      end if;
      return words;
    end $$`);
}

async function createSearchVector(db: QueryRunner): Promise<void> {
  await db.query(`
    create function chat_search_vector(content text) returns tsvector
      language sql immutable strict parallel safe set search_path from current
    as $$ select to_tsvector('chat_search', chat_search_text(content)) $$`);
}

/**
 * The beginning of a word as a query. The index holds stems, and "shipping", which is "ship" there, begins with neither
 * \`shipp\` nor \`shippi\` any more. So a beginning also stands for the stems that it would have as a word and with any
 * rest of an English ending; for shorter stems than four letters only as a word, or \`comm*\` would find "com".
 */
export async function createSearchPrefix(db: QueryRunner): Promise<void> {
  await db.query(`
    create function chat_search_prefix(beginning text) returns tsquery
      language sql immutable strict parallel safe set search_path from current as $$
    with plain as (
      select lower(coalesce((ts_lexize('unaccent', beginning))[1], beginning)) as plain
    ), ending as (
      select distinct right(ending, letters) as rest
      from unnest('${englishEndings}'::text[]) as ending, generate_series(0, length(ending)) as letters
    ), stem as (
      select distinct stem
      from plain, ending, unnest(tsvector_to_array(to_tsvector('chat_search', plain || rest))) as stem
      where not starts_with(stem, plain)
        and (rest = '' or length(stem) > 3 and plain ~ '^[a-z]{3,}$')
    )
    select to_tsquery('simple', '''' || plain || ''':*')
        || coalesce((select string_agg('''' || stem || '''', ' | ') from stem), '')::tsquery
    from plain $$`);
}

/**
 * One item of a query as one phrase. Behind two CJK characters the last one alone is no demand of its own (要退 is also
 * in 要退款, where 退 is followed by 款); a CJK character by itself is the beginning of any pair, so a prefix, like \`word*\`.
 */
export async function createSearchPhrase(db: QueryRunner): Promise<void> {
  await db.query(`
    create function chat_search_phrase(item text, is_prefix boolean) returns tsquery
      language plpgsql immutable strict parallel safe set search_path from current as $$
    declare
      words text := btrim(chat_search_text(item));
      last_word text;
      prefix tsquery;
    begin
      if words = '' then
        return '';
      end if;
      if words ~ '[${cjk}]{2} [${cjk}]$' then
        return phraseto_tsquery('chat_search', left(words, -2));
      end if;
      if not is_prefix and words !~ '(^| )[${cjk}]$' then
        return phraseto_tsquery('chat_search', words);
      end if;
      last_word := substring(words from '[^ ]+$');
      prefix := chat_search_prefix(last_word);
      if last_word = words then
        return prefix;
      end if;
      return phraseto_tsquery('chat_search', left(words, -length(last_word))) <-> prefix;
    end $$`);
}

async function createTrigger(db: QueryRunner): Promise<void> {
  // A message that cannot be indexed is still a message: it is kept, and found by everything but its words.
  await db.query(`
    create function chat_messages_set_content_tsv() returns trigger
      language plpgsql set search_path from current as $$
    begin
      new.content_tsv := chat_search_vector(new.content);
      return new;
    exception when others then
      new.content_tsv := null;
      return new;
    end $$`);
  await db.query(`
    create trigger chat_messages_content_tsv before insert or update of content on chat_messages
      for each row execute function chat_messages_set_content_tsv()`);
}
