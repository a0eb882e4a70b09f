# Sends the Ruby gem akismet 3 to a Winnow server: use this class instead of Akismet::Client.
#
#   require "winnow_akismet"
#   client = WinnowAkismet.new("your 12 characters", "https://blog.example/", server: "http://127.0.0.1:8000")
require "akismet"

class WinnowAkismet < Akismet::Client
  def initialize(api_key, app_url, server:, **options)
    super(api_key, app_url, options)
    @server = URI(server)
  end

  def open
    raise "Already open" if open?

    @http_session = Net::HTTP.new(@server.host, @server.port)
    @http_session.use_ssl = @server.scheme == "https"
    @http_session.start
    return self unless block_given?

    begin
      yield
    ensure
      close
    end
  end

  # The gem's own goes to a host of its own for this one call.
  def verify_key
    response = in_http_session { |session| invoke(session, "verify-key", { blog: app_url, key: api_key }) }
    raise_with_response(response) unless %w[valid invalid].include?(response.body)
    response.body == "valid"
  end

  private

  # The key goes along as a field, for the host name does not hold it.
  def invoke(session, method_name, params = {})
    super(session, method_name, params.merge(api_key: api_key))
  end
end
