# One image for `serve`, `work` and the commands. Data lie in a volume; nothing else is written.
FROM python:3.13-slim-bookworm

RUN useradd --system --uid 10001 --no-create-home feedback
WORKDIR /srv/feedback
COPY requirements/run.txt requirements/run.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/run.txt
COPY pyproject.toml README.md ./
COPY src src
COPY bots bots
COPY locales locales
COPY migrations migrations
RUN pip install --no-cache-dir --no-deps --no-build-isolation . \
    && install -d -o feedback -g feedback -m 0700 /data

USER feedback
ENV FEEDBACK_DATA=/data
VOLUME /data
EXPOSE 8000
# Run it with a read-only root, no core dumps and no swap:
#   docker run --read-only --ulimit core=0 --memory-swappiness 0 -v feedback:/data -p 127.0.0.1:8000:8000 IMAGE
ENTRYPOINT ["feedback-service"]
CMD ["serve", "--host", "0.0.0.0"]
