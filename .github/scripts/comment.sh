#!/usr/bin/env bash
# One comment on a pull request, edited in place: comment.sh FILE, with REPO, PULL_REQUEST and GH_TOKEN set.
set -euo pipefail
file=$1
marker='<!-- benchmarks: compare -->'
body=$(mktemp)
trap 'rm -f "$body"' EXIT
{
	echo "$marker"
	if [ "$(wc -c <"$file")" -lt 60000 ]; then
		cat "$file"
	else # a comment holds 65,536 characters
		sed -n '1,/^$/p;3p' "$file"
		echo "It is too long for a comment: the job's summary has all of it."
	fi
} >"$body"
comments="repos/$REPO/issues/$PULL_REQUEST/comments"
before=$(gh api --paginate "$comments" --jq \
	".[] | select(.user.login == \"github-actions[bot]\" and (.body | startswith(\"$marker\"))) | .id" | head -n 1)
if [ -n "$before" ]; then
	gh api --method PATCH "repos/$REPO/issues/comments/$before" --field "body=@$body" --silent
else
	gh api --method POST "$comments" --field "body=@$body" --silent
fi
