# SpamAssassin's Bayes and nothing else of it, for tests/rivals.py: perl rivals_bayes.pl FOLDER < FRAMES
#
# FOLDER is empty; the database and a site configuration that loads one plug-in are made there. SpamAssassin's own
# defaults (stop words, top-level domains) are read from where the package put them. A frame is a line
# `ACTION NUMBER BYTES`, then so many bytes of a message. ACTION is spam, ham (learn it so) or score, which prints the
# probability with all its digits, or `-` when Bayes has no opinion. NUMBER is the message's own: SpamAssassin learns
# nothing twice. Nothing is asked of the network, and no rule, list or other plug-in is run.
use strict;
use warnings;
use Mail::SpamAssassin;
use Mail::SpamAssassin::PerMsgStatus;

my $folder = shift @ARGV or die "Usage: perl rivals_bayes.pl FOLDER < FRAMES\n";

mkdir "$folder/site";
open my $plugins, '>', "$folder/site/bayes.pre" or die "$folder/site cannot be written: $!\n";
print $plugins "loadplugin Mail::SpamAssassin::Plugin::Bayes\n";
close $plugins;

my $spamassassin = Mail::SpamAssassin->new({
    site_rules_filename => "$folder/site",
    userstate_dir       => $folder,
    userprefs_filename  => "$folder/site/none",
    dont_copy_prefs     => 1,
    local_tests_only    => 1,
    post_config_text    => join("\n",
        "dns_available no",
        "bayes_path $folder/bayes",
        "bayes_auto_learn 0",        # learns what it is told, not what it guesses
        "bayes_auto_expire 0",       # forgets nothing by itself
        "bayes_journal_max_size 0",  # last-seen dates are not worth a write: nothing expires
        "bayes_min_spam_num 1",      # the default of 200 is for users who have just begun
        "bayes_min_ham_num 1",
        "lock_method flock", ""),
});
$spamassassin->init(1);
$spamassassin->init_learner({ caller_will_untie => 1, wait_for_lock => 1 });
my $bayes = $spamassassin->call_plugins('learner_get_implementation') or die "The plug-in Bayes was not loaded.\n";

binmode STDIN;
while (my $head = <STDIN>) {
    my ($action, $number, $bytes) = $head =~ /^(spam|ham|score) (\d+) (\d+)$/ or die "Not a frame: $head";
    read(STDIN, my $mail, $bytes) == $bytes or die "The message of frame $number ends early.\n";
    my $message = $spamassassin->parse($mail, 1);
    if ($action eq 'score') {
        my $status = Mail::SpamAssassin::PerMsgStatus->new($spamassassin, $message);
        $message->extract_message_metadata($status);
        my $probability = $bayes->scan($status, $message);
        print defined $probability ? sprintf("%.17g\n", $probability) : "-\n";
        $status->finish();
    } else {
        my $done = $spamassassin->learn($message, "$number\@rivals", $action eq 'spam', 0);
        $done->did_learn() or die "Message $number could not be learnt.\n";
        $done->finish();
    }
    $message->finish();
}
$spamassassin->finish_learner();
$spamassassin->finish();
