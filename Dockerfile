# bangfu in a container: docker build -t bangfu . ; then, over a folder that keeps the book,
#   docker run --rm -it -v bangfu:/data bangfu init --county 431022 --divisions /usr/share/bangfu/divisions/yizhang.csv
#   docker run -d --network host -v bangfu:/data bangfu
# Without encryption only the machine itself is served: that is what --network host is for. Encrypted (docs/tls.md):
#   docker run --rm -v bangfu:/data bangfu tls init --name 10.20.30.40
#   docker run -d -p 8443:8443 -e BANGFU_TLS=/data/tls -e BANGFU_LISTEN=0.0.0.0:8443 -v bangfu:/data bangfu

FROM docker.io/library/rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --release --locked --package bangfu --bin bangfu

FROM docker.io/library/debian:bookworm-slim
RUN useradd --system --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin bangfu \
    && install -d -m 0700 -o bangfu -g bangfu /data
COPY --from=build /src/target/release/bangfu /usr/bin/bangfu
COPY --from=build /src/demo/divisions /usr/share/bangfu/divisions
COPY --from=build /src/LICENSE /usr/share/doc/bangfu/LICENSE
USER 10001
WORKDIR /data
VOLUME /data
ENV BANGFU_DATABASE=sqlite:/data/bangfu.db BANGFU_LOG_FORMAT=json
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/bangfu"]
CMD ["serve"]
