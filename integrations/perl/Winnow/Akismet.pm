package Winnow::Akismet;

# Sends Perl's Net::Akismet to a Winnow server: use this class instead of Net::Akismet.
#
#   use Winnow::Akismet;
#   my $akismet = Winnow::Akismet->new(
#       KEY => 'your 12 characters', URL => 'https://blog.example/', SERVER => 'http://127.0.0.1:8000',
#   ) or die 'The key is not known there';

use strict;
use warnings;
use parent 'Net::Akismet';
use URI;

our $VERSION = '1.0';

# new() calls this first, when the user agent is there and has not asked anything yet.
sub _verify_key {
    my $self   = shift;
    my $key    = $self->{KEY};
    my $server = URI->new($self->{SERVER});
    $self->{ua}->add_handler(
        request_prepare => sub {
            my $request = shift;
            my $uri     = $request->uri;
            $uri->scheme($server->scheme);
            $uri->host($server->host);
            $uri->port($server->port);
            $request->header('X-API-Key' => $key);    # for the host name does not hold it any more
            return;
        }
    );
    return $self->SUPER::_verify_key();
}

1;
