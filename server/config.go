package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"fourmaps/server/auth"
	"fourmaps/server/cluster"
	"fourmaps/server/files"
	"fourmaps/server/jobs"
)

// systemFolder is the data folder when the database user cannot enter the usual one.
const systemFolder = "/var/lib/fourmaps"

// config is every setting of the program. Each is a flag and a variable of the environment.
type config struct {
	DatabaseURL string
	Data        string
	PostgresBin string
	LogLevel    string
	LogFormat   string

	Listen           string
	Hosts            []string
	Demo             string
	CacheBytes       int64
	Connections      int64
	StatementTimeout time.Duration
	DemoAnywhere     bool
	Proxies          []string
	MetricsToken     string
	SitingCheck      string
	TLSCert, TLSKey  string
	HTTPRedirect     string
	HSTS             time.Duration
	OIDC             auth.OIDCOptions
	Files            string
	PhotoBytes       int64
	DocumentBytes    int64
}

// databaseFlags say which database is meant; every command that needs one has them.
func (c *config) databaseFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{
			Name: "database-url", Sources: cli.EnvVars("DATABASE_URL"), Destination: &c.DatabaseURL,
			Usage:       "an existing PostGIS database, `postgres://user:password@host/name`",
			DefaultText: "a private one in the data folder",
		},
		c.dataFlag(),
		&cli.StringFlag{
			Name: "postgres-bin", Sources: cli.EnvVars("FOURMAPS_POSTGRES_BIN"), Destination: &c.PostgresBin,
			Usage:       "`FOLDER` of PostgreSQL's programs",
			DefaultText: "the newest found by pg_config, in PATH, /usr/lib/postgresql and Homebrew",
		},
		&cli.StringFlag{
			Name: "log-level", Sources: cli.EnvVars("FOURMAPS_LOG_LEVEL"), Destination: &c.LogLevel,
			Value: "info", Usage: "debug, info, warn or error",
		},
		&cli.StringFlag{
			Name: "log-format", Sources: cli.EnvVars("FOURMAPS_LOG_FORMAT"), Destination: &c.LogFormat,
			Value: "auto", Usage: "text, json, or auto: text on a terminal and json elsewhere",
		},
	}
}

// serveFlags are the settings of the server, after those of the database.
func (c *config) serveFlags() []cli.Flag {
	return append(c.databaseFlags(),
		c.listenFlag(),
		&cli.StringSliceFlag{
			Name: "hosts", Sources: cli.EnvVars("FOURMAPS_HOSTS"), Destination: &c.Hosts,
			Usage:       "`NAMES` and addresses, with commas, by which browsers may ask for the server",
			DefaultText: "those of this machine itself: localhost, 127.0.0.1",
		},
		&cli.StringFlag{
			Name: "tls-cert", Sources: cli.EnvVars("FOURMAPS_TLS_CERT"), Destination: &c.TLSCert,
			Usage:       "PEM `FILE` of the certificate and those that lead to its authority; read again when it changes",
			DefaultText: "tls/server.crt in the data folder, if `fourmaps certificate` made it; otherwise plain http",
		},
		&cli.StringFlag{
			Name: "tls-key", Sources: cli.EnvVars("FOURMAPS_TLS_KEY"), Destination: &c.TLSKey,
			Usage: "PEM `FILE` of the certificate's private key", DefaultText: "tls/server.key in the data folder",
		},
		&cli.StringFlag{
			Name: "http-redirect", Sources: cli.EnvVars("FOURMAPS_HTTP_REDIRECT"), Destination: &c.HTTPRedirect,
			Usage: "with TLS: another `ADDRESS`, such as 0.0.0.0:80, where plain http gives the authority's certificate and leads everything else to https", DefaultText: "none",
		},
		&cli.DurationFlag{
			Name: "hsts", Sources: cli.EnvVars("FOURMAPS_HSTS"), Destination: &c.HSTS,
			Usage:       "with TLS: how long browsers refuse plain http, on every port of the host name; such as 8760h",
			DefaultText: "not said to them",
			Validator: func(d time.Duration) error {
				if d < 0 {
					return fmt.Errorf("the time must not be negative")
				}
				return nil
			},
		},
		&cli.StringFlag{
			Name: "demo", Sources: cli.EnvVars("FOURMAPS_DEMO"), Destination: &c.Demo,
			Value: "auto", Usage: "load the invented demonstration district into a database that never held a row: yes, no, or auto: yes for the private database",
			Validator: oneOf("yes", "no", "auto"),
		},
		&cli.Int64Flag{
			Name: "cache-bytes", Sources: cli.EnvVars("FOURMAPS_CACHE_BYTES"), Destination: &c.CacheBytes,
			Value: 64 << 20, Usage: "most memory for ready tiles and answers, in `BYTES`",
			Validator: func(n int64) error {
				if n < 0 {
					return fmt.Errorf("%d bytes are no size: 0 keeps nothing", n)
				}
				return nil
			},
		},
		&cli.Int64Flag{
			Name: "connections", Sources: cli.EnvVars("FOURMAPS_CONNECTIONS"), Destination: &c.Connections,
			Value: 24, Usage: "most connections to the database, at least 4: one listens, tiles take up to half, rows the rest",
			Validator: func(n int64) error {
				if n < leastConnections {
					return fmt.Errorf("%d connections are too few: at least %d are needed", n, leastConnections)
				}
				return nil
			},
		},
		&cli.DurationFlag{
			Name: "statement-timeout", Sources: cli.EnvVars("FOURMAPS_STATEMENT_TIMEOUT"), Destination: &c.StatementTimeout,
			Value: 10 * time.Second, Usage: "longest time of one query of a request, at most 25s",
			Validator: func(d time.Duration) error {
				if d < leastStatement || d > mostStatement {
					return fmt.Errorf("the time of one query must lie between %v and %v", leastStatement, mostStatement)
				}
				return nil
			},
		},
		&cli.BoolFlag{
			Name: "demo-anywhere", Sources: cli.EnvVars("FOURMAPS_DEMO_ANYWHERE"), Destination: &c.DemoAnywhere,
			Usage: "let the accounts of the demonstration, whose passwords everybody knows, be used from other machines",
		},
		&cli.StringSliceFlag{
			Name: "proxies", Sources: cli.EnvVars("FOURMAPS_PROXIES"), Destination: &c.Proxies,
			Usage: "`ADDRESSES` and networks, with commas, of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed", DefaultText: "none",
		},
		&cli.StringFlag{
			Name: "siting-check", Sources: cli.EnvVars("FOURMAPS_SITING_CHECK"), Destination: &c.SitingCheck,
			Value: "02:30", Usage: "`TIME` of the day, in China, at which all rows are checked by the siting rules, or off; a time that was missed is made up for",
			Validator: func(text string) error {
				_, err := jobs.ParseDaily(text)
				return err
			},
		},
		&cli.StringFlag{
			Name: "metrics-token", Sources: cli.EnvVars("FOURMAPS_METRICS_TOKEN"), Destination: &c.MetricsToken,
			Usage: "what a program sends as Authorization: Bearer to read /metrics without an account", DefaultText: "none: an account that manages the installation is needed",
		},
		c.filesFlag(),
		&cli.Int64Flag{
			Name: "photo-bytes", Sources: cli.EnvVars("FOURMAPS_PHOTO_BYTES"), Destination: &c.PhotoBytes, Value: files.NormalPhoto, Usage: "largest photo that is taken, in `BYTES`", Validator: someBytes,
		},
		&cli.Int64Flag{
			Name: "document-bytes", Sources: cli.EnvVars("FOURMAPS_DOCUMENT_BYTES"), Destination: &c.DocumentBytes, Value: files.NormalDocument, Usage: "largest document that is taken, in `BYTES`", Validator: someBytes,
		},
		&cli.StringFlag{
			Name: "oidc-issuer", Sources: cli.EnvVars("FOURMAPS_OIDC_ISSUER"), Destination: &c.OIDC.Issuer,
			Usage: "`ADDRESS` of an OpenID Connect issuer with which people may sign in", DefaultText: "none",
		},
		&cli.StringFlag{
			Name: "oidc-client-id", Sources: cli.EnvVars("FOURMAPS_OIDC_CLIENT_ID"), Destination: &c.OIDC.ClientID, Usage: "what the issuer calls this server",
		},
		&cli.StringFlag{
			Name: "oidc-client-secret", Sources: cli.EnvVars("FOURMAPS_OIDC_CLIENT_SECRET"), Destination: &c.OIDC.ClientSecret, Usage: "the secret that the issuer gave this server; better as a variable",
		},
		&cli.StringFlag{
			Name: "oidc-label", Sources: cli.EnvVars("FOURMAPS_OIDC_LABEL"), Destination: &c.OIDC.Label,
			Value: "统一身份认证 Single sign-on", Usage: "what the button on the sign-in page says",
		},
		&cli.StringFlag{
			Name: "oidc-claim", Sources: cli.EnvVars("FOURMAPS_OIDC_CLAIM"), Destination: &c.OIDC.Claim,
			Value: "preferred_username", Usage: "the claim whose value is a person's single sign-on name",
		},
	)
}

// Limits of the time of one query. An answer must be written within a minute, and a tile may wait for its turn as long
// as its query may take.
const (
	leastStatement = 100 * time.Millisecond
	mostStatement  = 25 * time.Second
)

// leastConnections: one listens, two make tiles, one reads rows.
const leastConnections = 4

// shareConnections divides the connections to the database: one listens, tiles get what they can use, but at most half,
// and rows get the rest.
func (c *config) shareConnections(useful int) (forRows, forTiles int) {
	forTiles = min(useful, int(c.Connections)/2)
	return int(c.Connections) - 1 - forTiles, forTiles
}

func (c *config) dataFlag() cli.Flag {
	return &cli.StringFlag{
		Name: "data", Sources: cli.EnvVars("FOURMAPS_DATA"), Destination: &c.Data,
		Usage:       "data `FOLDER` of the installation: private database, basemap files, certificate",
		DefaultText: "./var; " + systemFolder + " when run by root in a folder that the user postgres cannot enter",
	}
}

// filesFlag says where photos and documents are kept; backups need to know it too.
func (c *config) filesFlag() cli.Flag {
	return &cli.StringFlag{
		Name: "files", Sources: cli.EnvVars("FOURMAPS_FILES"), Destination: &c.Files,
		Usage:       "where photos and documents are kept: a bucket, `s3://bucket/prefix?endpoint=https://host:9000&region=name`; its credentials come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
		DefaultText: "the folder files in the data folder",
		Validator: func(address string) error {
			if !strings.HasPrefix(address, "s3://") {
				return fmt.Errorf("%q is no bucket: it begins with s3://, or is left out for the data folder", address)
			}
			return nil
		},
	}
}

// mostFileBytes is more than the database takes of one file.
const mostFileBytes = 1 << 30

func someBytes(n int64) error {
	if n < 1<<10 || n > mostFileBytes {
		return fmt.Errorf("%d bytes are no limit of a file: it lies between %d and %d", n, 1<<10, mostFileBytes)
	}
	return nil
}

func (c *config) listenFlag() cli.Flag {
	return &cli.StringFlag{
		Name: "listen", Sources: cli.EnvVars("FOURMAPS_LISTEN"), Destination: &c.Listen,
		Value: "127.0.0.1:8080", Usage: "`ADDRESS` to serve on; port 0 takes a free one",
	}
}

func oneOf(words ...string) func(string) error {
	return func(value string) error {
		for _, word := range words {
			if value == word {
				return nil
			}
		}
		return fmt.Errorf("%q is none of %q", value, words)
	}
}

// dataFolder decides where the installation lives.
func (c *config) dataFolder() (string, error) {
	if c.Data != "" {
		folder, err := filepath.Abs(c.Data)
		if err != nil {
			return "", fmt.Errorf("finding the data folder: %w", err)
		}
		return folder, nil
	}
	usual, err := filepath.Abs("var")
	if err != nil {
		return "", fmt.Errorf("finding the data folder: %w", err)
	}
	if c.DatabaseURL == "" && os.Geteuid() == 0 && !cluster.CanEnter(usual) {
		return systemFolder, nil
	}
	return usual, nil
}
