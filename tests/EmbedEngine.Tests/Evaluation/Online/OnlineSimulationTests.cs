// Is what `evaluate --online` says true? A thousand A/A experiments, and some with a planted effect, through
// the real records, ids, split, attribution and statistics; only the disk is left out. Users differ (half of
// them click on .3 of their answers, half on .7), so that a test that took answers for independent would
// alarm too often: that is checked too.

using System.Text;
using EmbedEngine.Evaluation.Online;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.Online;

namespace EmbedEngine.Tests.Evaluation.Online;

public sealed class OnlineSimulationTests(ITestOutputHelper output)
{
    private const double Few = 0.3, Many = 0.7, Ordering = 0.3;
    private const int MostAnswers = 5; // 1 to 5 a user, as often each
    private const long Start = 1_700_000_000_000;
    private const int MostUsers = 1540;

    private static readonly byte[][] Keys =
        [.. Enumerable.Range(0, MostUsers).Select(u => Encoding.UTF8.GetBytes($"{u}"))];

    private static readonly ActionTable Actions = new();

    [Fact]
    public void AA_AlarmsInFiveOfAHundred()
    {
        const int Runs = 1000;
        int ctr = 0, conversion = 0, users = 0, split = 0, naive = 0;
        for (int run = 0; run < Runs; run++)
        {
            OnlineReport report = Run((ulong)run, users: 300, lift: 0);
            OnlineComparison pair = Assert.Single(report.Comparisons);
            Assert.Null(pair.Ctr.NotJudged);
            ctr += pair.Ctr.Alarm ? 1 : 0;
            conversion += pair.Conversion.Alarm ? 1 : 0;
            users += pair.UserConversion.Alarm ? 1 : 0;
            split += report.SampleRatioAlarm ? 1 : 0;
            naive += IsNaiveAlarm(report) ? 1 : 0;
        }
        output.WriteLine(
            $"{Runs} A/A runs: CTR {ctr}, conversion {conversion}, users {users} alarms; answers taken for "
            + $"independent {naive}; sample ratio {split}");
        // 5 ± 2 %: three standard errors of a share of .05 in 1,000 are .021.
        Assert.InRange(ctr, 30, 70);
        Assert.InRange(conversion, 30, 70);
        Assert.InRange(users, 30, 70);
        Assert.InRange(split, 0, 5);
        // By the formula below 10 %: users differ enough for the clusters to matter.
        Assert.InRange(naive, 71, 130);
    }

    [Fact]
    public void PlantedLift_IsFoundAtTheStatedPower()
    {
        const int Runs = 300, Users = MostUsers;
        const double Lift = 0.1;
        double power = Power(Users / 2, Lift);
        int found = 0, wrong = 0, covered = 0;
        for (int run = 0; run < Runs; run++)
        {
            OnlineDifference d = Assert.Single(Run((ulong)(100_000 + run), Users, Lift).Comparisons).Ctr;
            found += d.Alarm && d.Difference.Value > 0 ? 1 : 0;
            wrong += d.Alarm && d.Difference.Value < 0 ? 1 : 0;
            covered += d.Difference.Low <= 0.05 && 0.05 <= d.Difference.High ? 1 : 0;
        }
        output.WriteLine(
            $"{Runs} runs of {Users} users with +10 %: found {found}, stated {power:0.000}; the interval "
            + $"holds the truth in {covered}");
        // Three standard errors of a share of .8 in 300.
        Assert.Equal(0.8, power, 0.01);
        Assert.InRange((double)found / Runs, power - 0.07, power + 0.07);
        Assert.InRange((double)covered / Runs, 0.95 - 0.038, 1);
        Assert.Equal(0, wrong);
    }

    /// <summary>
    /// docs/online.md, "Power": Φ(δ/SE − 1.96), SE² = Σ over arms of Var(clicks − CTR · answers) / (users ·
    /// E[answers]²), and with a share p of users' own: Var = E[n] E[p(1 − p)] + E[n²] Var(p).
    /// </summary>
    private static double Power(int usersAnArm, double lift)
    {
        double Variance(double few, double many)
        {
            double n = 0, squares = 0;
            for (int i = 1; i <= MostAnswers; i++) (n, squares) = (n + i, squares + i * i);
            (n, squares) = (n / MostAnswers, squares / MostAnswers);
            double within = (few * (1 - few) + many * (1 - many)) / 2;
            double between = (many - few) * (many - few) / 4;
            return (n * within + squares * between) / (n * n);
        }
        double error = Math.Sqrt(
            (Variance(Few, Many) + Variance(Few * (1 + lift), Many * (1 + lift))) / usersAnArm);
        double z = (Few + Many) / 2 * lift / error - NormalTail.Z95;
        return 1 - NormalTail.TwoSided(z) / 2;
    }

    /// <summary>What a test of two proportions over answers would say.</summary>
    private static bool IsNaiveAlarm(OnlineReport report)
    {
        (OnlineArm a, OnlineArm b) = (report.Arms[0], report.Arms[1]);
        double p = (double)(a.Clicks + b.Clicks) / (a.Answers + b.Answers);
        double error = Math.Sqrt(p * (1 - p) * (1.0 / a.Answers + 1.0 / b.Answers));
        return Math.Abs(a.Ctr.Value - b.Ctr.Value) / error > NormalTail.Z95;
    }

    private static OnlineReport Run(ulong seed, int users, double lift)
    {
        Split split = Split.Parse("control=active:50,treatment=candidate:50", $"run {seed}", Start, null);
        var tally = new OnlineTally(Start, Start + 86_400_000, 3_600_000, Actions);
        var ids = new AnswerIds(seed);
        var record = new VarintWriter();
        CounterStream draw = new CounterRandom(seed).Stream();
        var answers = new List<(AnswerId Id, int User, int Arm)>();
        for (int user = 0; user < users; user++)
        {
            int arm = split.ArmOf(Keys[user]);
            double p = (draw.NextInt(2) == 0 ? Few : Many) * (arm == 1 ? 1 + lift : 1);
            for (int n = 1 + draw.NextInt(MostAnswers); n > 0; n--)
            {
                AnswerId id = ids.Next(Start + draw.NextInt(80_000_000));
                answers.Add((id, user, arm));
                if (draw.NextInt(1_000_000) >= p * 1_000_000) continue;
                Outcome(tally, record, id, user, "clicks"u8);
                if (draw.NextInt(1_000_000) < Ordering * 1_000_000)
                    Outcome(tally, record, id, user, "orders"u8);
            }
        }
        foreach ((AnswerId id, int user, int arm) in answers)
        {
            AnswerLog.BeginAnswer(record, id, Unit(user), 1, split.Utf8Name(arm), int64Items: true, 3);
            for (int item = 0; item < 3; item++) AnswerLog.Item(record, 100 + user + item);
            Assert.True(AnswerLog.End(record) && AnswerLog.TryRead(record.Written, out AnswerRecord read)
                && Take(tally.AddAnswer, read));
        }
        return tally.Report(split.Report([]));
    }

    private static void Outcome(
        OnlineTally tally, VarintWriter record, AnswerId id, int user, ReadOnlySpan<byte> action)
    {
        AnswerLog.BeginOutcome(record, id, Unit(user), id.TimeMs + 60_000, action, int64Items: true);
        AnswerLog.Item(record, 101 + user);
        Assert.True(AnswerLog.End(record) && AnswerLog.TryRead(record.Written, out AnswerRecord read)
            && Take(tally.AddOutcome, read));
    }

    private static bool Take(AnswerLog.RecordHandler take, in AnswerRecord record)
    {
        take(record);
        return true;
    }

    private static ulong Unit(int user) => AnswerLog.UnitOfUser(Keys[user]);
}
