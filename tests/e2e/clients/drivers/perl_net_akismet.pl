# Drives Perl Net::Akismet; with a server, by the recipe in integrations/perl.
# The argument is the value of its own option SERVICE_HOST, if any. It knows no role and verifies in new().
use strict;
use warnings;
use JSON::PP;
use Net::Akismet;

my %FIELDS = (
    user_ip              => 'USER_IP',
    user_agent           => 'COMMENT_USER_AGENT',
    referrer             => 'REFERRER',
    permalink            => 'PERMALINK',
    comment_type         => 'COMMENT_TYPE',
    comment_author       => 'COMMENT_AUTHOR',
    comment_author_email => 'COMMENT_AUTHOR_EMAIL',
    comment_content      => 'COMMENT_CONTENT',
);

sub client_of {
    my ($job, $key) = @_;
    my @common = (KEY => $key, URL => $job->{blog});
    if ($job->{server}) {
        require Winnow::Akismet;
        return Winnow::Akismet->new(@common, SERVER => $job->{server});
    }
    return Net::Akismet->new(@common, @ARGV ? (SERVICE_HOST => $ARGV[0]) : ());
}

sub answer {
    my ($client, $does, $comment) = @_;
    return $client ? 'valid' : 'invalid' if $does eq 'verify';
    return 'refused' unless $client;
    my %fields = map {
        my $text = $comment->{$_};
        utf8::encode($text);    # the client takes bytes
        ($FIELDS{$_} => $text)
    } keys %$comment;
    return $client->check(%fields) // 'refused' if $does eq 'check';
    my $told = $does eq 'submit_spam' ? $client->spam(%fields) : $client->ham(%fields);
    return $told && $client->{response} eq 'Thanks for making the web a better place.' ? 'thanks' : 'refused';
}

$| = 1;
my $job = decode_json(do { local $/; <STDIN> });
for my $call (@{ $job->{calls} }) {
    my $client = client_of($job, $job->{ $call->{wrong_key} ? 'wrong_key' : 'key' });
    print encode_json({ name => $call->{name}, answer => answer($client, $call->{does}, $call->{comment}) }), "\n";
}
