-- Search in Chinese, pinyin and initials, kept right also for rows changed by SQL: a trigger (migration 3) fills each
-- row's search column by search_text(). The rows of pinyin come from data/dictionaries/pinyin.csv.

-- +goose Up
CREATE TABLE pinyin (
	character text PRIMARY KEY CHECK (char_length(character) = 1),
	readings  text[] NOT NULL CHECK (array_length(readings, 1) BETWEEN 1 AND 3) -- without tones, the commonest first
);

-- pinyin_of spells a phrase: every combination of readings (at most 12), each as the whole spelling and its initials.
-- 'Changqiao' has two in 长桥: changqiao cq, zhangqiao zq. Letters and digits stand for themselves.
-- +goose StatementBegin
CREATE FUNCTION pinyin_of(phrase text) RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
	full_forms text[] := ARRAY[''];
	initials   text[] := ARRAY[''];
	r          record;
BEGIN
	IF phrase IS NULL OR phrase !~ '[^\x01-\x7f]' THEN
		RETURN '';
	END IF;
	FOR r IN
		SELECT c.ch, coalesce(p.readings, ARRAY[c.ch]) AS readings
		FROM regexp_split_to_table(left(lower(phrase), 60), '') WITH ORDINALITY AS c(ch, ord)
		LEFT JOIN pinyin p ON p.character = c.ch
		WHERE p.character IS NOT NULL OR c.ch ~ '[a-z0-9]'
		ORDER BY c.ord
	LOOP
		IF array_length(full_forms, 1) * array_length(r.readings, 1) > 12 THEN
			r.readings := r.readings[1:1];
		END IF;
		SELECT array_agg(f || x), array_agg(i || left(x, 1)) INTO full_forms, initials
		FROM unnest(full_forms, initials) AS t(f, i) CROSS JOIN unnest(r.readings) AS x;
	END LOOP;
	RETURN (SELECT string_agg(DISTINCT w, ' ') FROM unnest(full_forms || initials) AS w);
END $$;
-- +goose StatementEnd

-- search_text is what the search box looks through: the phrases in lower case, without spaces, then their spellings.
-- +goose StatementBegin
CREATE FUNCTION search_text(phrases text[]) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT coalesce(string_agg(regexp_replace(lower(p), '[\s\u0085\u00a0\u2000-\u200a\u202f\u205f\u3000]', '', 'g') || ' ' || pinyin_of(p), ' ' ORDER BY ord), '')
	FROM unnest(phrases) WITH ORDINALITY AS t(p, ord) WHERE p IS NOT NULL AND p <> ''
$$;
-- +goose StatementEnd
