package main

import (
	"strings"
	"testing"

	"fourmaps/server/store/storetest"
)

// TestPeopleFromTheCommandLine adds the first administrator and others, as an operator would.
func TestPeopleFromTheCommandLine(t *testing.T) {
	url := storetest.URL(t)
	pool := storetest.Connect(t, url)
	if _, err := pool.Exec(t.Context(), `INSERT INTO area (code, level, name, origin_key, geom) VALUES ('990101001', 'township', '长桥镇', 't', ST_MakeEnvelope(110, 25, 110.2, 25.4, 4326))`); err != nil {
		t.Fatal(err)
	}
	const password = "blue kettle 7 rivers\n"
	for _, step := range []struct {
		args, typed string
		code        int
		says        string
	}{
		{"add --admin Chief", "short\n", 1, "at least 10 characters"},
		{"add --admin Chief", "", 1, "reading the password"},
		{"add --admin Chief", password, 0, "chief can sign in."},
		{"add chief", password, 1, "this account name is taken"},
		{"add", password, 1, "exactly one account NAME"},
		{"add --role king li", password, 1, "there is no such role"},
		{"add --role staff --area 99 li", password, 1, "There is no area with the code 99."},
		{"add --role staff --area 990101001 --person 李四 --post 站长 li", password, 0, "li can sign in."},
		{"list", "", 0, "staff@990101001"},
		{"grant --role viewer li", "", 0, ""},
		{"grant --role viewer li", "", 1, "has this right already"},
		{"revoke --role viewer li", "", 0, ""},
		{"revoke --role viewer li", "", 1, "does not have this right"},
		{"disable li", "", 0, ""},
		{"list", "", 0, "disabled"},
		{"enable li", "", 0, ""},
		{"password li", "li is the new word\n", 0, ""},
		{"password nobody", password, 1, "There is no account nobody."},
		{"disable chief", "", 1, "the last administrator"},
		{"revoke --role administrator chief", "", 1, "the last administrator"},
	} {
		words := strings.Fields(step.args)
		args := append([]string{"user", words[0], "--database-url", url, "--log-level", "error"}, words[1:]...)
		cmd := programCommand(t, args...)
		cmd.Stdin = strings.NewReader(step.typed)
		out, code := runProgram(t, cmd)
		if code != step.code || !strings.Contains(out, step.says) || strings.Contains(out, "blue kettle") {
			t.Errorf("user %s: exit %d: %s", step.args, code, out)
		}
	}
	var hashed, actors int
	err := pool.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM account WHERE password_hash LIKE '$argon2id$%'), (SELECT count(*) FROM people_history WHERE source = 'command' AND actor <> '')`).Scan(&hashed, &actors)
	if err != nil || hashed != 2 || actors < 8 {
		t.Errorf("%d accounts with a hashed password, %d lines of history, %v", hashed, actors, err)
	}
}

// TestDemonstrationBringsItsPeople, one for each role, and takes them away.
func TestDemonstrationBringsItsPeople(t *testing.T) {
	url := storetest.URL(t)
	pool := storetest.Connect(t, url)
	count := func() (people, roles int) {
		t.Helper()
		if err := pool.QueryRow(t.Context(), `SELECT count(DISTINCT p.id), count(DISTINCT g.role) FROM person p JOIN account a ON a.person_id = p.id JOIN person_grant g ON g.person_id = p.id`).Scan(&people, &roles); err != nil {
			t.Fatal(err)
		}
		return people, roles
	}
	for range 2 { // a second time takes the place of the first
		if out, code := runProgram(t, programCommand(t, "demo", "--database-url", url, "--log-level", "error")); code != 0 {
			t.Fatalf("exit %d: %s", code, out)
		}
		if people, roles := count(); people != 8 || roles != 8 {
			t.Errorf("%d people with %d roles", people, roles)
		}
	}
	if out, code := runProgram(t, programCommand(t, "demo", "--remove", "--database-url", url, "--log-level", "error")); code != 0 {
		t.Fatalf("exit %d: %s", code, out)
	}
	if people, _ := count(); people != 0 {
		t.Errorf("%d people stay", people)
	}
}
