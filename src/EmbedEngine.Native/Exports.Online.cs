// Answers where they are given: who is answered by which version, what was answered, and what came of it.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace EmbedEngine.Native;

/// <content>Experiments and recorded answers.</content>
internal static unsafe partial class Exports
{
    private const int AnswerIdCapacity = 2 * AnswerId.Bytes + 1;

    [UnmanagedCallersOnly(EntryPoint = "ee_set_experiment")]
    private static int SetAnExperiment(
        ulong engine, byte* arms, long armsLength, byte* salt, long saltLength)
    {
        try { return SetExperiment(engine, arms, armsLength, salt, saltLength); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_experiment")]
    private static int GetExperiment(ulong engine, byte* buffer, long capacity, long* needed)
    {
        try { return ExperimentOf(engine, buffer, capacity, needed); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_arm")]
    private static int GetArm(
        ulong engine, byte* unit, long unitLength, long* version, byte* buffer, long capacity, long* needed)
    {
        try { return Arm(engine, unit, unitLength, version, buffer, capacity, needed); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_record_answer")]
    private static int RecordAnAnswer(
        ulong engine, ulong model, byte* user, long userLength, byte* session, long sessionLength,
        RecommendResult* answer, RecommendedItem* items, byte* buffer, long capacity, long* needed)
    {
        try
        {
            return RecordAnswer(
                engine, model, user, userLength, session, sessionLength, answer, items, buffer, capacity,
                needed);
        }
        catch (Exception e)
        {
            return Guard.Fail(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_observe_request")]
    private static int ObserveOfRequest(
        ulong engine, byte* user, long userLength, byte* item, long itemLength, byte* action,
        long actionLength, long timeMs, byte* request, long requestLength, int* link)
    {
        try
        {
            return ObserveRequest(
                engine, user, userLength, item, itemLength, action, actionLength, timeMs, request,
                requestLength, link);
        }
        catch (Exception e)
        {
            return Guard.Fail(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_evaluate_online")]
    private static int EvaluateOnlineAnswers(ulong engine, long sinceMs, long windowMs)
    {
        try { return EvaluateOnline(engine, sinceMs, windowMs); } catch (Exception e) {
            return Guard.Fail(e); }
    }

    [MethodImpl(Body)]
    private static int SetExperiment(
        ulong engine, byte* arms, long armsLength, byte* salt, long saltLength)
    {
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        if (arms == null)
        {
            lease.Target.EndExperiment();
            return 0;
        }
        lease.Target.SetExperiment(
            Arguments.Text(arms, armsLength, nameof(arms)),
            salt == null ? null : Arguments.Text(salt, saltLength, nameof(salt)));
        return 0;
    }

    [MethodImpl(Body)]
    private static int ExperimentOf(ulong engine, byte* buffer, long capacity, long* needed)
    {
        Arguments.NotNull(needed, nameof(needed));
        *needed = 0;
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        return Arguments.CopyOut(JsonResults.Experiment(lease.Target.Experiment()), buffer, capacity, needed);
    }

    [MethodImpl(Body)]
    private static int Arm(
        ulong engine, byte* unit, long unitLength, long* version, byte* buffer, long capacity, long* needed)
    {
        Arguments.NotNull(version, nameof(version));
        Arguments.NotNull(needed, nameof(needed));
        (*version, *needed) = (0, 0);
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        string text = Arguments.Text(unit, unitLength, nameof(unit));
        *version = lease.Target.ModelFor(text).Version.Number;
        return Arguments.CopyOut(
            Encoding.UTF8.GetBytes(lease.Target.ArmOf(text) ?? ""), buffer, capacity, needed);
    }

    [MethodImpl(Body)]
    private static int RecordAnswer(
        ulong engine, ulong model, byte* user, long userLength, byte* session, long sessionLength,
        RecommendResult* answer, RecommendedItem* items, byte* buffer, long capacity, long* needed)
    {
        Arguments.NotNull(needed, nameof(needed));
        *needed = 0;
        Arguments.NotNull(answer, nameof(answer));
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        using Lease<Model> answered = HandleTable.Enter<Model>(model);
        Span<byte> none = stackalloc byte[AnswerIdCapacity - 1];
        // Asked first: an answer whose id nobody gets must not be recorded.
        if (buffer == null || capacity < AnswerIdCapacity)
            return Arguments.CopyOut(none, buffer, capacity, needed);
        AnswerId id = lease.Target.RecordAnswer(
            answered.Target, *answer, Arguments.Buffer(items, answer->Count, nameof(items)),
            user == null ? null : Arguments.Text(user, userLength, nameof(user)),
            session == null ? null : Arguments.Text(session, sessionLength, nameof(session)));
        return Arguments.CopyOut(Encoding.UTF8.GetBytes(id.ToString()), buffer, capacity, needed);
    }

    [MethodImpl(Body)]
    private static int ObserveRequest(
        ulong engine, byte* user, long userLength, byte* item, long itemLength, byte* action,
        long actionLength, long timeMs, byte* request, long requestLength, int* link)
    {
        Arguments.NotNull(link, nameof(link));
        *link = 0;
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        lease.Target.Observe(
            Arguments.Text(user, userLength, nameof(user)), Arguments.Text(item, itemLength, nameof(item)),
            Arguments.Text(action, actionLength, nameof(action)), timeMs == 0 ? null : timeMs,
            Arguments.Text(request, requestLength, nameof(request)), out RequestLink became);
        *link = (int)became;
        return 0;
    }

    [MethodImpl(Body)]
    private static int EvaluateOnline(ulong engine, long sinceMs, long windowMs)
    {
        if (windowMs is < 0 or > 1L << 40)
            throw new ArgumentException($"window_ms {windowMs} is not 0, nor 1 minute to 90 days");
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        lease.LastResult = JsonResults.Online(lease.Target.EvaluateOnline(
            sinceMs < 0 ? null : sinceMs,
            windowMs == 0 ? null : TimeSpan.FromTicks(windowMs * TimeSpan.TicksPerMillisecond)));
        return 0;
    }
}
