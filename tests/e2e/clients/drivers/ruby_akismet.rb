# Drives Ruby akismet 3; with a server, by the recipe in integrations/ruby.
require "akismet"
require "json"

FIELDS = {
  "comment_author" => :author, "comment_author_email" => :author_email, "comment_content" => :text,
  "comment_type" => :type, "permalink" => :post_url, "referrer" => :referrer, "user_role" => :user_role
}.freeze

def client_of(job, key)
  return Akismet::Client.new(key, job["blog"], app_name: "driver", app_version: "1") if job["server"].empty?

  require "winnow_akismet"
  WinnowAkismet.new(key, job["blog"], server: job["server"], app_name: "driver", app_version: "1")
end

def answer(client, does, comment)
  return client.verify_key ? "valid" : "invalid" if does == "verify"

  ip = comment.delete("user_ip")
  agent = comment.delete("user_agent")
  params = comment.to_h { |name, value| [FIELDS.fetch(name), value] }
  return client.check(ip, agent, params).first ? "true" : "false" if does == "check"

  client.public_send(does, ip, agent, params)
  "thanks"
end

job = JSON.parse($stdin.read)
job["calls"].each do |call|
  told = { name: call["name"] }
  begin
    client = client_of(job, job[call["wrong_key"] ? "wrong_key" : "key"])
    told[:answer] = answer(client, call["does"], call["comment"])
  rescue StandardError => e
    told.merge!(answer: "refused", why: "#{e.class}: #{e.message}")
  end
  puts told.to_json
end
