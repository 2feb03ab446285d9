package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"
	"github.com/urfave/cli/v3"
	"golang.org/x/term"

	"fourmaps/server/auth"
	"fourmaps/server/store"
)

// userCommand manages people from the command line, also before anybody can sign in.
func (p *program) userCommand() *cli.Command {
	return &cli.Command{
		Name:     "user",
		Usage:    "people, their accounts and rights; the first administrator is made here",
		Commands: []*cli.Command{p.userAddCommand(), p.userListCommand(), p.userPasswordCommand(), p.userGrantCommand(false), p.userGrantCommand(true), p.userDisableCommand(false), p.userDisableCommand(true)},
	}
}

// operated is whoever works at the command line, for the history.
func operated() store.Actor { return store.Actor{Name: operator(), Source: "command"} }

func (p *program) userAddCommand() *cli.Command {
	var person, post, phone, role, area, oidc string
	var admin bool
	return &cli.Command{
		Name: "add", ArgsUsage: "NAME", Usage: "add a person with the account NAME; the password is read from the terminal, or from standard input",
		Flags: append(p.config.databaseFlags(),
			&cli.BoolFlag{Name: "admin", Destination: &admin, Usage: "with the role administrator on the whole installation"},
			&cli.StringFlag{Name: "person", Destination: &person, Usage: "the person's `NAME`", DefaultText: "that of the account"},
			&cli.StringFlag{Name: "post", Destination: &post, Usage: "the person's post"},
			&cli.StringFlag{Name: "phone", Destination: &phone, Usage: "the person's phone number"},
			&cli.StringFlag{Name: "role", Destination: &role, Usage: "a `ROLE`: viewer, staff, inspector, responder, dispatcher, planner, evaluator, administrator"},
			&cli.StringFlag{Name: "area", Destination: &area, Usage: "`CODE` of the area on which the role holds", DefaultText: "the whole installation"},
			&cli.StringFlag{Name: "oidc-name", Destination: &oidc, Usage: "what the OpenID Connect issuer calls the person"},
		),
		Action: p.on(func(ctx context.Context, cmd *cli.Command) error {
			name, err := oneName(cmd)
			if err != nil {
				return err
			}
			n := store.NewPerson{Name: person, Post: textOrNil(post), Phone: textOrNil(phone), AccountName: name, OIDCName: textOrNil(oidc)}
			if n.Name == "" {
				n.Name = name
			}
			if admin {
				role = "administrator"
			}
			return p.withStore(ctx, func(rows *store.Store, _ *database) error {
				if role != "" {
					g, err := askedGrant(ctx, rows, role, area)
					if err != nil {
						return err
					}
					n.Grants = append(n.Grants, g)
				}
				if n.PasswordHash, err = p.newPassword(name); err != nil {
					return err
				}
				if _, err := rows.AddPerson(ctx, operated(), n, time.Now()); err != nil {
					return err
				}
				fmt.Fprintf(p.out, "%s can sign in.\n", name)
				return nil
			})
		}),
	}
}

func textOrNil(text string) *string {
	if text = strings.TrimSpace(text); text == "" {
		return nil
	}
	return &text
}

// oneName gives the account's name, the only argument.
func oneName(cmd *cli.Command) (string, error) {
	if cmd.Args().Len() != 1 {
		return "", &told{chinese: fmt.Sprintf("`fourmaps user %s` 需要一个用户名。", cmd.Name), english: fmt.Sprintf("`fourmaps user %s` takes exactly one account NAME.", cmd.Name)}
	}
	return auth.AccountName(cmd.Args().First()), nil
}

func askedGrant(ctx context.Context, rows *store.Store, role, area string) (store.GrantedRole, error) {
	g := store.GrantedRole{Role: role}
	if area == "" {
		return g, nil
	}
	id, err := rows.AreaByCode(ctx, area)
	if errors.Is(err, store.ErrNotFound) {
		return g, &told{chinese: fmt.Sprintf("没有代码为 %s 的行政区划。", area), english: fmt.Sprintf("There is no area with the code %s.", area)}
	}
	g.AreaID = &id
	return g, err
}

// newPassword reads a password twice from the terminal, or one line of standard input, and gives its stored form.
func (p *program) newPassword(account string) (string, error) {
	password, err := p.readPassword()
	if err != nil {
		return "", err
	}
	if err := auth.CheckPassword(password, account); err != nil {
		return "", err
	}
	return auth.NormalCost.Hash(password), nil
}

func (p *program) readPassword() (string, error) {
	terminal := int(os.Stdin.Fd())
	if !term.IsTerminal(terminal) {
		line, err := bufio.NewReader(os.Stdin).ReadString('\n')
		if err != nil && (err != io.EOF || line == "") {
			return "", fmt.Errorf("reading the password from standard input: %w", err)
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	var typed [2]string
	for i, prompt := range []string{"密码 Password: ", "再输一次 Again: "} {
		fmt.Fprint(p.err, prompt)
		b, err := term.ReadPassword(terminal)
		fmt.Fprintln(p.err)
		if err != nil {
			return "", fmt.Errorf("reading the password: %w", err)
		}
		typed[i] = string(b)
	}
	if typed[0] != typed[1] {
		return "", &told{chinese: "两次输入的密码不同。", english: "The two passwords differ."}
	}
	return typed[0], nil
}

func (p *program) userListCommand() *cli.Command {
	return &cli.Command{
		Name: "list", Usage: "list people with their accounts and rights", Flags: p.config.databaseFlags(),
		Action: p.on(func(ctx context.Context, _ *cli.Command) error {
			return p.withStore(ctx, func(rows *store.Store, _ *database) error {
				people, err := rows.People(ctx, nil)
				if err != nil {
					return err
				}
				table := tabwriter.NewWriter(p.out, 0, 4, 2, ' ', 0)
				fmt.Fprintln(table, "ACCOUNT\tPERSON\tRIGHTS\tSTATE")
				for _, one := range people {
					fmt.Fprintln(table, lineOf(one))
				}
				return table.Flush()
			})
		}),
	}
}

func lineOf(p store.Person) string {
	var rights []string
	for _, g := range p.Grants {
		where := "*"
		if g.Area != nil {
			where = g.Area.Code
		}
		rights = append(rights, g.Role+"@"+where)
	}
	name, state := "-", ""
	if p.Account != nil {
		name = p.Account.Name
		if p.Account.Disabled {
			state = "disabled"
		}
	}
	if p.Demo {
		state = strings.TrimSpace(state + " demo")
	}
	return strings.Join([]string{name, p.Name, strings.Join(rights, " "), state}, "\t")
}

// withPerson does a command's work on the person of an account.
func (p *program) withPerson(ctx context.Context, cmd *cli.Command, work func(*store.Store, uuid.UUID, string) error) error {
	name, err := oneName(cmd)
	if err != nil {
		return err
	}
	return p.withStore(ctx, func(rows *store.Store, _ *database) error {
		c, err := rows.CredentialsByName(ctx, name)
		if errors.Is(err, store.ErrNotFound) {
			return &told{chinese: fmt.Sprintf("没有账号 %s。", name), english: fmt.Sprintf("There is no account %s.", name)}
		}
		if err != nil {
			return err
		}
		return work(rows, c.PersonID, name)
	})
}

func (p *program) userPasswordCommand() *cli.Command {
	return &cli.Command{
		Name: "password", ArgsUsage: "NAME", Usage: "set the password of an account; it is signed out everywhere, and failed sign-ins are forgotten", Flags: p.config.databaseFlags(),
		Action: p.on(func(ctx context.Context, cmd *cli.Command) error {
			return p.withPerson(ctx, cmd, func(rows *store.Store, person uuid.UUID, name string) error {
				hash, err := p.newPassword(name)
				if err != nil {
					return err
				}
				if err := rows.SetPassword(ctx, operated(), person, hash, false, uuid.Nil, time.Now()); err != nil {
					return err
				}
				return rows.ForgiveAttempt(ctx, auth.NameKey(name), nil)
			})
		}),
	}
}

func (p *program) userGrantCommand(revoke bool) *cli.Command {
	var role, area string
	command := &cli.Command{
		Name: "grant", ArgsUsage: "NAME", Usage: "give a role on an area and all below it",
		Flags: append(p.config.databaseFlags(),
			&cli.StringFlag{Name: "role", Destination: &role, Required: true, Usage: "the `ROLE`"},
			&cli.StringFlag{Name: "area", Destination: &area, Usage: "`CODE` of the area", DefaultText: "the whole installation"},
		),
	}
	if revoke {
		command.Name, command.Usage = "revoke", "take a role on an area back"
	}
	command.Action = p.on(func(ctx context.Context, cmd *cli.Command) error {
		return p.withPerson(ctx, cmd, func(rows *store.Store, person uuid.UUID, name string) error {
			if revoke {
				return revokeGrant(ctx, rows, person, name, role, area)
			}
			g, err := askedGrant(ctx, rows, role, area)
			if err != nil {
				return err
			}
			_, err = rows.AddGrant(ctx, operated(), person, g)
			return err
		})
	})
	return command
}

func revokeGrant(ctx context.Context, rows *store.Store, person uuid.UUID, name, role, area string) error {
	one, err := rows.Person(ctx, person)
	if err != nil {
		return err
	}
	for _, g := range one.Grants {
		if g.Role == role && (g.Area == nil && area == "" || g.Area != nil && g.Area.Code == area) {
			return rows.RemoveGrant(ctx, operated(), person, g.ID)
		}
	}
	return &told{chinese: fmt.Sprintf("账号 %s 没有这项授权。", name), english: fmt.Sprintf("The account %s does not have this right.", name)}
}

func (p *program) userDisableCommand(enable bool) *cli.Command {
	command := &cli.Command{Name: "disable", ArgsUsage: "NAME", Usage: "let an account sign in no more; it is signed out everywhere", Flags: p.config.databaseFlags()}
	if enable {
		command.Name, command.Usage = "enable", "let a disabled account sign in again"
	}
	disabled := !enable
	command.Action = p.on(func(ctx context.Context, cmd *cli.Command) error {
		return p.withPerson(ctx, cmd, func(rows *store.Store, person uuid.UUID, _ string) error {
			return rows.ChangePerson(ctx, operated(), person, store.AnyVersion, store.PersonChange{Disabled: &disabled}, time.Now())
		})
	})
	return command
}
