package main

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"fourmaps/server/certificate"
)

// certificateCommand makes TLS possible where no public authority issues certificates, as on most intranets.
func (p *program) certificateCommand() *cli.Command {
	var authority string
	var anew bool
	return &cli.Command{
		Name:      "certificate",
		ArgsUsage: "[NAME …]",
		Usage: "make or renew the server's certificate for these host names and IP addresses, with a private authority of its own that phones install; " +
			"without names, for the same as before. `fourmaps serve` finds it and takes up a renewed one while it runs",
		Flags: []cli.Flag{
			p.config.dataFlag(),
			p.config.listenFlag(),
			&cli.StringFlag{Name: "authority", Destination: &authority, Usage: "`FOLDER` of the authority's key, such as one on a USB stick", DefaultText: "authority in the data folder"},
			&cli.BoolFlag{Name: "new-authority", Destination: &anew, Usage: "make another authority, which every phone then has to install"},
		},
		Action: func(_ context.Context, cmd *cli.Command) error {
			folder, err := p.config.dataFolder()
			if err != nil {
				return err
			}
			if authority == "" {
				authority = filepath.Join(folder, "authority")
			}
			if authority, err = filepath.Abs(authority); err != nil {
				return fmt.Errorf("finding the authority's folder: %w", err)
			}
			made, err := certificate.Make(certificate.Order{
				Folder: filepath.Join(folder, "tls"), Authority: authority, Names: cmd.Args().Slice(), NewAuthority: anew, Now: time.Now(),
			})
			if err != nil {
				return err
			}
			p.tellCertificate(made, folder, authority)
			return nil
		},
	}
}

// tellCertificate says what was made and what has to be done now.
func (p *program) tellCertificate(made *certificate.Made, folder, authority string) {
	names := certificate.NamesOf(made.Server).Texts()
	until := made.Server.NotAfter.Local().Format(time.DateOnly)
	p.say(
		fmt.Sprintf("服务器证书：%s\n  适用于：%s\n  有效期至：%s（到期前再次运行 `fourmaps certificate` 即可续期）", filepath.Join(folder, "tls", certificate.ServerFile), strings.Join(names, "、"), until),
		fmt.Sprintf("The server's certificate: %s\n  for %s\n  until %s (renew it before then with `fourmaps certificate`)", filepath.Join(folder, "tls", certificate.ServerFile), strings.Join(names, ", "), until),
	)
	if !made.NewAuthority {
		p.say("私有 CA 未变，手机无需重新安装。", "The authority is the same: phones need nothing.")
		return
	}
	where := url.URL{Scheme: "https", Host: reachable(made, p.config.Listen), Path: "/ca.crt"}
	p.say(
		fmt.Sprintf("私有 CA 的私钥：%s（请妥善保管，可移到 U 盘，续期时用 --authority 指定）\n  手机和电脑需安装 CA 证书一次：启动服务后打开 %s\n  SHA-256 指纹（安装时核对）：%s",
			filepath.Join(authority, "ca.key"), where.String(), certificate.Fingerprint(made.Authority)),
		fmt.Sprintf("The authority's key: %s (keep it safe; it may be moved to a USB stick, and named with --authority to renew)\n  Every phone and PC installs the authority's certificate once: start the server and open %s\n  SHA-256 fingerprint, to be compared then: %s",
			filepath.Join(authority, "ca.key"), where.String(), certificate.Fingerprint(made.Authority)),
	)
}

// reachable is the name and port by which others come.
func reachable(made *certificate.Made, listen string) string {
	host := made.Server.Subject.CommonName
	_, port, err := net.SplitHostPort(listen)
	if err != nil || port == "443" || port == "0" {
		if strings.Contains(host, ":") {
			return "[" + host + "]"
		}
		return host
	}
	return net.JoinHostPort(host, port)
}
